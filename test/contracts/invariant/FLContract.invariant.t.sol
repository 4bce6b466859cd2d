// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CairnToken} from "../../../contracts/CairnToken.sol";
import {FLContract} from "../../../contracts/FLContract.sol";
import {NodeRegistry} from "../../../contracts/NodeRegistry.sol";
import {FailureReason, Phase, RoundView} from "../../../contracts/types/Round.sol";
import {CairnTest} from "../support/CairnTest.sol";

/// @dev Plays rounds in which anybody may be missing, through calls that must succeed; keeps books of what was earned.
contract FLContractHandler is CairnTest {
    uint256 public taskId;
    uint256 public depositWei;
    uint256 public ghostClaimedWei;
    /// What nodes have earned, by the tests' own count.
    mapping(address node => uint256) public ghostEarnedWei;
    /// The end of each round that is over, and 0 before.
    mapping(uint32 round => Phase) public ghostEnd;

    constructor() {
        _deploy();
        _enlistAll();
        taskId = _createTask(_parameters());
        depositWei = fl.taskOf(taskId).escrowWei;
        for (uint256 i = 0; i < TRAINERS; i++) _join(i);
    }

    function join(uint8 who) external {
        (bool enrolled,) = fl.slotOf(taskId, _trainer(who % TRAINERS));
        if (!enrolled) _join(who % TRAINERS);
    }

    function leave(uint8 who) external {
        address trainer = _trainer(who % TRAINERS);
        (bool enrolled,) = fl.slotOf(taskId, trainer);
        bool isPending = _isActive() && fl.dutyOf(taskId, _round(taskId), trainer).committed;
        if (!enrolled || isPending || fl.taskOf(taskId).enrolled == 1) return;
        vm.prank(trainer);
        fl.leave(taskId);
        _note();
    }

    /// @notice One step of the round: `who` says which of those who may act do, one bit each.
    function act(uint8 who) external {
        _act(who);
    }

    /// @notice The rest of the round, with everybody there; a new one when none is going on.
    function playOn() external {
        do {
            Phase phase = _phase(taskId);
            _act(type(uint8).max);
            if (_isActive() && _phase(taskId) == phase) passDeadline(); // a trainer is left without the stake to commit
        } while (_isActive());
    }

    function passDeadline() public {
        if (!_isActive()) return;
        vm.warp(block.timestamp + PHASE_SECONDS);
        fl.advance(taskId);
        _note();
    }

    function claim(uint8 who) external {
        address node = who % 2 == 0 ? _trainer(who / 2 % TRAINERS) : _auditor(who / 2 % AUDITORS);
        if (fl.claimable(taskId, node) == 0) return;
        vm.prank(node);
        ghostClaimedWei += fl.claim(taskId);
    }

    function system() external view returns (CairnToken, NodeRegistry, FLContract) {
        return (token, registry, fl);
    }

    function nodes() external pure returns (address[] memory all) {
        all = new address[](TRAINERS + AUDITORS);
        for (uint256 i = 0; i < TRAINERS; i++) all[i] = _trainer(i);
        for (uint256 i = 0; i < AUDITORS; i++) all[TRAINERS + i] = _auditor(i);
    }

    function _act(uint8 who) private {
        Phase phase = _phase(taskId);
        if (!_isActive()) fl.openRound(taskId);
        else if (phase == Phase.Commit) _commitSome(who);
        else if (phase == Phase.Reveal) _revealSome(who);
        else if (phase == Phase.Draw) _drawOrRetarget();
        else if (phase == Phase.AuditCommit) _voteSome(who);
        else if (phase == Phase.AuditReveal) _openVotes(who);
        else if (phase == Phase.Aggregate) _agreeAll();
        else _finish(taskId);
        _note();
    }

    function _join(uint256 i) private {
        vm.prank(_trainer(i));
        fl.join(taskId);
    }

    function _commitSome(uint8 who) private {
        for (uint256 i = 0; i < TRAINERS && _phase(taskId) == Phase.Commit; i++) {
            bool mayCommit = fl.dutyOf(taskId, _round(taskId), _trainer(i)).mayCommit;
            if ((who >> i) & 1 == 1 && mayCommit && registry.stakeOf(_trainer(i)) >= 520 ether) _commitUpdate(taskId, i);
        }
    }

    function _revealSome(uint8 who) private {
        for (uint256 i = 0; i < TRAINERS && _phase(taskId) == Phase.Reveal; i++) {
            bool owes = fl.dutyOf(taskId, _round(taskId), _trainer(i)).committed
                && !fl.dutyOf(taskId, _round(taskId), _trainer(i)).revealed;
            if ((who >> i) & 1 == 1 && owes) _revealUpdate(taskId, i);
        }
    }

    function _drawOrRetarget() private {
        if (_view(taskId).snapshotEpoch + 1 != registry.currentEpoch()) fl.retargetSeed(taskId);
        _draw(taskId);
    }

    function _voteSome(uint8 who) private {
        address[] memory members = fl.committeeOf(taskId, _round(taskId));
        for (uint256 s = 0; s < members.length && _phase(taskId) == Phase.AuditCommit; s++) {
            bool done = fl.dutyOf(taskId, _round(taskId), members[s]).verdictCommitted;
            if ((who >> s) & 1 == 1 && !done) _commitVerdict(taskId, members[s], _verdict());
        }
    }

    function _openVotes(uint8 who) private {
        address[] memory members = fl.committeeOf(taskId, _round(taskId));
        for (uint256 s = 0; s < members.length && _phase(taskId) == Phase.AuditReveal; s++) {
            bool owes = fl.dutyOf(taskId, _round(taskId), members[s]).verdictCommitted
                && !fl.dutyOf(taskId, _round(taskId), members[s]).verdictRevealed;
            if ((who >> s) & 1 == 1 && owes) _revealVerdict(taskId, members[s], _verdict());
        }
    }

    function _agreeAll() private {
        address[] memory members = fl.committeeOf(taskId, _round(taskId));
        for (uint256 s = 0; s < members.length && _phase(taskId) == Phase.Aggregate; s++) {
            vm.prank(members[s]);
            fl.proposeAggregate(taskId, DIGEST, BYTE_LENGTH);
        }
    }

    /// @dev What the round's honest auditors find: all updates, two of them, or none.
    function _verdict() private view returns (uint256) {
        return [uint256(15), 5, 0][_round(taskId) % 3];
    }

    function _isActive() private view returns (bool) {
        Phase phase = _phase(taskId);
        return phase != Phase.None && phase != Phase.Final && phase != Phase.Failed;
    }

    /// @dev Books a round once, when it is over.
    function _note() private {
        RoundView memory round = _view(taskId);
        uint32 number = _round(taskId);
        bool isOver = round.phase == Phase.Final || round.phase == Phase.Failed;
        if (!isOver || ghostEnd[number] != Phase.None) return;
        ghostEnd[number] = round.phase;
        if (round.phase == Phase.Final) _bookUpdates(round);
        if (round.phase == Phase.Final || round.failure == FailureReason.NothingAccepted) _bookVerdicts(number);
    }

    function _bookUpdates(RoundView memory round) private {
        for (uint256 i = 0; i < TRAINERS; i++) {
            (bool enrolled, uint16 slot) = fl.slotOf(taskId, _trainer(i));
            bool took = fl.dutyOf(taskId, _round(taskId), _trainer(i)).committed;
            if (enrolled && took && (round.acceptedBitmap >> slot) & 1 == 1) {
                ghostEarnedWei[_trainer(i)] += _parameters().rewardPerUpdateWei;
            }
        }
    }

    function _bookVerdicts(uint32 number) private {
        for (uint256 i = 0; i < AUDITORS; i++) {
            if (fl.dutyOf(taskId, number, _auditor(i)).verdictRevealed) {
                ghostEarnedWei[_auditor(i)] += _parameters().rewardPerVerdictWei;
            }
        }
    }
}

contract FLContract_Invariant is CairnTest {
    FLContractHandler internal handler;
    uint256 internal taskId;

    function setUp() public {
        handler = new FLContractHandler();
        (token, registry, fl) = handler.system();
        taskId = handler.taskId();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @notice What the contract holds is the escrow and all that is claimable, to the wei.
    function invariant_solvency() public view {
        address[] memory nodes = handler.nodes();
        uint256 claimableWei;
        for (uint256 i = 0; i < nodes.length; i++) claimableWei += fl.claimable(taskId, nodes[i]);
        uint256 heldWei = token.balanceOf(address(fl));
        _assertEq(heldWei, handler.depositWei() - handler.ghostClaimedWei(), "held == deposit - claimed");
        _assertEq(heldWei, fl.taskOf(taskId).escrowWei + claimableWei, "held == escrow + claimable");
    }

    /// @notice Every node was paid, or can claim, exactly what the books say it earned.
    function invariant_earnings() public view {
        address[] memory nodes = handler.nodes();
        uint256 earnedWei;
        for (uint256 i = 0; i < nodes.length; i++) earnedWei += handler.ghostEarnedWei(nodes[i]);
        uint256 claimableWei;
        for (uint256 i = 0; i < nodes.length; i++) claimableWei += fl.claimable(taskId, nodes[i]);
        _assertEq(handler.ghostClaimedWei() + claimableWei, earnedWei, "claimed + claimable == earned");
    }

    /// @notice A round that is over never opens again.
    function invariant_finality() public view {
        uint32 last = _round(taskId);
        for (uint32 round = 1; round <= last; round++) {
            Phase end = handler.ghostEnd(round);
            if (end != Phase.None) _assertEq(uint256(fl.roundOf(taskId, round).phase), uint256(end), "ended as noted");
            else _assertEq(round, last, "only the last round may be open");
        }
    }

    /// @notice Paid is a subset of revealed, revealed of committed, committed of expected.
    function invariant_participation() public view {
        uint32 last = _round(taskId);
        for (uint32 number = 1; number <= last; number++) {
            RoundView memory round = fl.roundOf(taskId, number);
            _assertEq(round.acceptedBitmap & ~round.revealedBitmap, 0, "accepted within revealed");
            _assertTrue(round.revealed <= round.committed, "revealed <= committed");
            _assertTrue(round.committed <= round.expected, "committed <= expected");
            _assertTrue(round.verdictsRevealed <= round.verdictsCommitted, "verdicts revealed <= committed");
            _assertTrue(round.verdictsCommitted <= round.seats, "verdicts committed <= seats");
        }
    }
}
