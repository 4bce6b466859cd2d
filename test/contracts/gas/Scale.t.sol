// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {NodeIdentity} from "../../../contracts/types/Node.sol";
import {Phase} from "../../../contracts/types/Round.sol";
import {TaskParameters} from "../../../contracts/types/Task.sol";
import {BatchedCommitment, BatchProof} from "../../../contracts/types/Batch.sol";
import {RelayTest} from "../support/RelayTest.sol";

/// @dev What every entry point costs with 1, 10, 100 and 256 trainers and the committee of real chains, kept in
///      snapshots/Scale_Test.json and shown in docs/gas.md. Each call is a transaction of its own, with its 21,000, its
///      calldata and cold slots. Measured in a task's second round, as all later ones; who claims has a balance already.
contract Scale_Test is RelayTest {
    /// @dev Enough for a committee of 21 without one that sits twice too often. Unit: nodes.
    uint256 internal constant SEATED = 40;

    /// @dev Signs what is measured and is no part of a round.
    uint256 internal constant NEWCOMER = 0xBEE;

    uint256 internal taskId;
    string internal suffix;
    /// Whether calls are written down: not in a task's first round.
    bool internal isNoted = true;

    function setUp() public {
        _deploy();
        for (uint256 i = 0; i < SEATED; i++) _enlist(_auditorKey(i), 2);
        _enlist(RELAY_KEY, 1, RELAY_STAKE_WEI);
        vm.warp(block.timestamp + 2 * EPOCH_SECONDS);
    }

    /// hardhat-config: default.isolate = true
    function test_gas_with1Trainer_benchmark() public {
        _measure(1, ", 1 trainer");
    }

    /// hardhat-config: default.isolate = true
    function test_gas_with10Trainers_benchmark() public {
        _measure(10, ", 10 trainers");
    }

    /// hardhat-config: default.isolate = true
    function test_gas_with100Trainers_benchmark() public {
        _measure(100, ", 100 trainers");
    }

    /// hardhat-config: default.isolate = true
    function test_gas_with256Trainers_benchmark() public {
        _measure(256, ", 256 trainers");
    }

    function _measure(uint256 trainers, string memory suffix_) private {
        suffix = suffix_;
        for (uint256 i = 0; i < trainers; i++) _enlist(_trainerKey(i), 1);
        _measureRegistry();
        TaskParameters memory parameters = _parameters();
        (parameters.minTrainers, parameters.maxTrainers) = (1, 256);
        (parameters.committeeSize, parameters.quorum, parameters.rounds) = (21, 15, 3);
        taskId = _createTask(parameters);
        _note("createTask");
        for (uint256 i = 0; i < trainers; i++) {
            vm.prank(_trainer(i));
            fl.join(taskId);
        }
        _note("join");
        isNoted = false;
        _measureRound(trainers);
        isNoted = true;
        _measureRound(trainers);
        vm.prank(_trainer(0));
        fl.leave(taskId);
        _note("leave");
        vm.prank(OWNER);
        fl.closeTask(taskId);
        _note("closeTask");
        _measureRelay(parameters, trainers);
    }

    /// @dev A task of its own, whose first round fails for want of commitments. All trainers stand in one batch.
    function _measureRelay(TaskParameters memory parameters, uint256 trainers) private {
        taskId = _createTask(parameters);
        for (uint256 i = 0; i < trainers; i++) {
            vm.prank(_trainer(i));
            fl.join(taskId);
        }
        fl.openRound(taskId);
        _passPhase(taskId);
        fl.openRound(taskId);
        _sendBatch(taskId, _entries(taskId, 1));
        _sendBatch(taskId, _entries(taskId, 1));
        uint256 oneGas = _note("commitBatch (of one)");
        BatchedCommitment[] memory entries = _entries(taskId, trainers);
        _sendBatch(taskId, entries);
        uint256 allGas = _note("commitBatch (of all)");
        if (trainers > 1) {
            vm.snapshotValue(string.concat("commitBatch (one more)", suffix), (allGas - oneGas) / (trainers - 1));
        }
        _passPhase(taskId);
        BatchProof memory proof = _proof(taskId, entries, 3, 0);
        _openEntry(taskId, 0, proof);
        _note(trainers > 1 ? "revealBatched" : "revealBatched (last)");
        if (trainers > 1) _measureSettling(entries);
    }

    function _measureSettling(BatchedCommitment[] memory entries) private {
        uint8 last = uint8(entries.length - 1);
        _passPhase(taskId);
        fl.reportUnopened(taskId, 2, _proof(taskId, entries, 3, last), _signed(taskId, 2, last));
        _note("reportUnopened");
        vm.prank(relay);
        fl.settleBatch(taskId, 2, 3);
        _note("settleBatch");
    }

    function _measureRound(uint256 trainers) private {
        _measureTraining(trainers);
        _measureAudit();
        _measureEnd();
    }

    function _measureRegistry() private {
        address node = vm.addr(NEWCOMER);
        NodeIdentity memory identity = _identity(node, 3);
        registry.announce(identity, _sign(NEWCOMER, registry.hashIdentity(identity)));
        _note("announce");
        vm.prank(OWNER);
        token.transfer(node, 2 * STAKE_WEI);
        vm.prank(node);
        token.approve(address(registry), STAKE_WEI);
        vm.prank(node);
        registry.stake(STAKE_WEI);
        _note("stake");
        vm.prank(node);
        registry.requestUnstake(STAKE_WEI);
        _note("requestUnstake");
        vm.warp(block.timestamp + UNBONDING_SECONDS);
        vm.prank(node);
        registry.withdraw();
        _note("withdraw");
    }

    function _measureTraining(uint256 trainers) private {
        fl.openRound(taskId);
        _note("openRound");
        for (uint256 i = 0; i < trainers; i++) {
            _commitUpdate(taskId, i);
            if (i == 0 && trainers > 1) _note("commitUpdate");
        }
        _note(trainers > 1 ? "commitUpdate (last)" : "commitUpdate");
        for (uint256 i = 0; i < trainers; i++) {
            _revealUpdate(taskId, i);
            if (i == 0 && trainers > 1) _note("revealUpdate");
        }
        _note(trainers > 1 ? "revealUpdate (last)" : "revealUpdate");
        bytes memory header = _seedHeader(taskId);
        fl.drawCommittee(taskId, header);
        _note("drawCommittee");
    }

    function _measureAudit() private {
        address[] memory members = fl.committeeOf(taskId, _round(taskId));
        for (uint256 s = 0; s < members.length && _phase(taskId) == Phase.AuditCommit; s++) {
            if (fl.dutyOf(taskId, _round(taskId), members[s]).verdictCommitted) continue; // it holds several seats
            _commitVerdict(taskId, members[s], type(uint256).max);
            if (s == 0) _note("commitVerdict");
        }
        _note("commitVerdict (last)");
        for (uint256 s = 0; s < members.length && _phase(taskId) == Phase.AuditReveal; s++) {
            if (fl.dutyOf(taskId, _round(taskId), members[s]).verdictRevealed) continue;
            _revealVerdict(taskId, members[s], type(uint256).max);
            if (s == 0) _note("revealVerdict");
        }
        _note("revealVerdict (last)");
    }

    function _measureEnd() private {
        address[] memory members = fl.committeeOf(taskId, _round(taskId));
        for (uint256 s = 0; s < members.length && _phase(taskId) == Phase.Aggregate; s++) {
            if (fl.dutyOf(taskId, _round(taskId), members[s]).attested) continue;
            vm.prank(members[s]);
            if (s == 0) fl.proposeAggregate(taskId, DIGEST, BYTE_LENGTH);
            else fl.attestAggregate(taskId, DIGEST, BYTE_LENGTH);
            if (s < 2) _note(s == 0 ? "proposeAggregate" : "attestAggregate");
        }
        _note("attestAggregate (last)");
        _finish(taskId);
        _note("advance (to Final)");
        vm.prank(_trainer(0));
        fl.claim(taskId);
        _note("claim");
        _assertPhase(taskId, Phase.Final, "final");
    }

    /// @dev The last call's gas.
    function _note(string memory name) private returns (uint256 gasUsed) {
        if (isNoted) gasUsed = vm.snapshotGasLastCall(string.concat(name, suffix));
    }
}
