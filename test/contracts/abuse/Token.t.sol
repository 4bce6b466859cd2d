// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {CairnToken} from "../../../contracts/CairnToken.sol";
import {DataRegistry} from "../../../contracts/DataRegistry.sol";
import {FLContract} from "../../../contracts/FLContract.sol";
import {ModelRegistry} from "../../../contracts/ModelRegistry.sol";
import {NodeRegistry} from "../../../contracts/NodeRegistry.sol";
import {IFLContract} from "../../../contracts/interfaces/IFLContract.sol";
import {INodeRegistry} from "../../../contracts/interfaces/INodeRegistry.sol";
import {CairnTest} from "../support/CairnTest.sol";

/// @dev A token that can take a fee, return false, or call its receiver back.
contract HostileToken {
    mapping(address account => uint256) public balanceOf;
    uint256 public feeWei;
    bool public lies;
    address public calledBack;

    function setUp(uint256 feeWei_, bool lies_, address calledBack_) external {
        (feeWei, lies, calledBack) = (feeWei_, lies_, calledBack_);
    }

    function mint(address account, uint256 amountWei) external {
        balanceOf[account] += amountWei;
    }

    function transfer(address to, uint256 amountWei) external returns (bool) {
        return _move(msg.sender, to, amountWei);
    }

    function transferFrom(address from, address to, uint256 amountWei) external returns (bool) {
        return _move(from, to, amountWei);
    }

    function _move(address from, address to, uint256 amountWei) private returns (bool) {
        if (lies) return false;
        balanceOf[from] -= amountWei;
        balanceOf[to] += amountWei - feeWei;
        if (to == calledBack) Thief(to).onReceived();
        return true;
    }
}

/// @dev A node that withdraws again while it is being paid.
contract Thief {
    NodeRegistry private _registry;
    bool public gotMore;

    function prepare(NodeRegistry registry) external {
        _registry = registry;
    }

    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return this.isValidSignature.selector; // ERC-1271: anybody may speak for it
    }

    function stake(uint256 amountWei) external {
        _registry.stake(amountWei);
        _registry.requestUnstake(amountWei);
    }

    function withdraw() external {
        _registry.withdraw();
    }

    function onReceived() external {
        try _registry.withdraw() {
            gotMore = true;
        } catch {}
    }
}

/// @dev Cases 9 and 39. The registry is made for CairnToken; with another it refuses or loses nothing.
contract Abuse_Token_Test is CairnTest {
    /// @dev 72 bits of gwei: what a sum tree's node holds.
    uint256 internal constant MAX_SUPPLY_WEI = (2 ** 72 - 1) * 1e9;

    HostileToken internal hostile;
    Thief internal thief;

    function setUp() public {
        vm.warp(START);
        hostile = new HostileToken();
        registry = new NodeRegistry(CairnToken(address(hostile)), EPOCH_SECONDS, UNBONDING_SECONDS, address(this));
        thief = new Thief();
        thief.prepare(registry);
        registry.announce(_identity(address(thief), 2), "");
        hostile.mint(address(thief), 100);
        hostile.mint(address(registry), 100); // others' stakes
    }

    function test_stake_tokenTakesAFee_reverts() public {
        hostile.setUp(1, false, address(0));
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.NodeRegistryStakeNotReceived.selector, address(thief), 99, 100));
        thief.stake(100);
    }

    function test_stake_tokenReturnsFalse_reverts() public {
        hostile.setUp(0, true, address(0));
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(hostile)));
        thief.stake(100);
    }

    function test_createTask_tokenTakesAFee_reverts() public {
        models = new ModelRegistry();
        datasets = new DataRegistry(address(this));
        fl = new FLContract(CairnToken(address(hostile)), registry, models, datasets, _limits());
        datasets.grantRole(datasets.USAGE_ROLE(), address(fl));
        models.registerModel("walker", bytes32(0), 10, keccak256("weights"), 4_096, 0, 0);
        models.setPublisher(1, address(fl), true);
        datasets.registerDataset("glyphs", bytes32(0), 10, keccak256("records"), 100, true);
        uint256 escrowWei = fl.budgetOf(_parameters());
        hostile.mint(address(this), 2 * escrowWei);
        hostile.setUp(1, false, address(0));
        vm.expectRevert(
            abi.encodeWithSelector(IFLContract.FLContractEscrowNotReceived.selector, 1, escrowWei - 1, escrowWei)
        );
        fl.createTask(_parameters());
        hostile.setUp(0, false, address(0));
        _assertEq(fl.createTask(_parameters()), 1, "the same without a fee");
    }

    function test_constructor_atTheLargestSupply_mintsAll() public {
        uint256 supplyWei = MAX_SUPPLY_WEI;
        _assertEq(new CairnToken(OWNER, supplyWei).balanceOf(OWNER), supplyWei, "all of it");
    }

    function test_constructor_aboveTheLargestSupply_reverts() public {
        uint256 supplyWei = MAX_SUPPLY_WEI;
        vm.expectRevert(
            abi.encodeWithSelector(CairnToken.CairnTokenSupplyTooLarge.selector, supplyWei + 1, supplyWei)
        );
        new CairnToken(OWNER, supplyWei + 1);
    }

    /// @dev Whoever stakes everything there is can still be weighed, and an amount above it is refused rather than cut off.
    function test_stake_theWholeSupply_isWeighed() public {
        _deploy();
        token = new CairnToken(OWNER, MAX_SUPPLY_WEI);
        registry = new NodeRegistry(token, EPOCH_SECONDS, UNBONDING_SECONDS, address(this));
        _enlist(_auditorKey(0), 2, MAX_SUPPLY_WEI);
        vm.warp(block.timestamp + EPOCH_SECONDS);
        _assertEq(registry.totalWeight(registry.currentEpoch() - 1), MAX_SUPPLY_WEI, "to the wei");
    }

    function test_withdraw_tokenCallsBack_paysOnce() public {
        hostile.setUp(0, false, address(thief));
        thief.stake(100);
        vm.warp(block.timestamp + UNBONDING_SECONDS);
        thief.withdraw();
        _assertTrue(!thief.gotMore(), "the second withdrawal was refused");
        _assertEq(hostile.balanceOf(address(thief)), 100, "paid once");
        _assertEq(hostile.balanceOf(address(registry)), 100, "others' stakes are there");
    }
}
