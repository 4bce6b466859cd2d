// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FLContract} from "../../../contracts/FLContract.sol";
import {INodeRegistry} from "../../../contracts/interfaces/INodeRegistry.sol";
import {SumTree} from "../../../contracts/libraries/SumTree.sol";
import {NodeView} from "../../../contracts/types/Node.sol";
import {Phase} from "../../../contracts/types/Round.sol";
import {TaskParameters} from "../../../contracts/types/Task.sol";
import {CairnTest} from "../support/CairnTest.sol";

/// @dev NodeRegistry's tree and its `locate` as they are; identities and stakes left out, so that a node anywhere in a tree
///      for a million of them is cheap to make.
contract TreeRegistry {
    using SumTree for SumTree.Tree;

    uint40 public constant epochSeconds = 1_000;
    uint40 public constant unbondingSeconds = 5_000;
    SumTree.Tree private _weights;
    mapping(uint256 index => address) private _nodes;

    function set(uint256 index, address node, uint256 stakeWei) external {
        _weights.set(index, stakeWei / 1 gwei, 5);
        _nodes[index] = node;
    }

    function lock(address, uint256) external {}

    function currentEpoch() external view returns (uint256) {
        return block.timestamp / epochSeconds;
    }

    function totalWeight(uint256 snapshotEpoch) external view returns (uint256) {
        return _weights.total(snapshotEpoch + 1) * 1 gwei;
    }

    function locate(uint256 snapshotEpoch, uint256 point)
        external
        view
        returns (address node, uint256 before, uint256 weight)
    {
        uint256 index;
        (index, before, weight) = _weights.locate(point / 1 gwei, snapshotEpoch + 1);
        (node, before, weight) = (_nodes[index], before * 1 gwei, weight * 1 gwei);
    }

    function nodeOf(address) external pure returns (NodeView memory announced) {
        (announced.capabilities, announced.stakeWei) = (3, 1e30);
    }

    function coverOf(address) external pure returns (uint256, uint256) {
        return (1, 1);
    }
}

/// @dev The largest draw that there can be, as a transaction of its own with all its slots cold: the redraw of a committee of
///      the largest size, among a million nodes, where more than half of the auditors train in the round themselves.
contract DrawGas_Test is CairnTest {
    uint256 internal constant LEVELS = 10; // of the tree: 4^10 nodes
    uint256 internal constant TRAINING = 256;
    uint256 internal constant OTHERS = 200;

    /// @dev What any transaction of the protocol may use; EIP-7825 allows 16,777,216. Unit: gas.
    uint256 internal constant MAX_GAS = 12_000_000;

    /// hardhat-config: default.isolate = true
    function test_drawCommittee_redrawAmongAMillionNodes_benchmark() public {
        _deploy();
        TreeRegistry tree = new TreeRegistry();
        fl = new FLContract(token, INodeRegistry(address(tree)), models, datasets, _limits());
        datasets.grantRole(datasets.USAGE_ROLE(), address(fl));
        vm.startPrank(OWNER);
        models.setPublisher(1, address(fl), true);
        token.approve(address(fl), type(uint256).max);
        vm.stopPrank();
        for (uint256 i = 0; i < TRAINING; i++) tree.set(_place("trains", i), _trainer(i), AUDITOR_STAKE_WEI);
        for (uint256 i = 0; i < OTHERS; i++) tree.set(_place("audits", i), _auditor(i), AUDITOR_STAKE_WEI);
        TaskParameters memory p = _parameters();
        (p.maxTrainers, p.committeeSize, p.quorum, p.rounds) = (uint16(TRAINING), 24, 13, 1);
        uint256 taskId = _createTask(p);
        for (uint256 i = 0; i < TRAINING; i++) {
            vm.prank(_trainer(i));
            fl.join(taskId);
        }
        fl.openRound(taskId);
        _train(taskId, TRAINING);
        _draw(taskId);
        vm.warp(_view(taskId).deadline);
        fl.advance(taskId);
        _assertPhase(taskId, Phase.Draw, "the redraw");
        bytes memory header = _seedHeader(taskId);
        fl.drawCommittee(taskId, header);
        uint256 gasUsed = vm.snapshotGasLastCall("drawCommittee (largest redraw)");
        _assertTrue(gasUsed <= MAX_GAS, "below what a transaction of ours may use");
        _assertTrue(fl.committeeOf(taskId, 1).length >= 40, "a committee of nearly full size");
    }

    /// @dev Some place in the tree, the same in every run.
    function _place(string memory role, uint256 i) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(role, i))) % 4 ** LEVELS;
    }
}
