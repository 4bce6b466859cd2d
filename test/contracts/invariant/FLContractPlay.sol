// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CairnToken} from "../../../contracts/CairnToken.sol";
import {FLContract} from "../../../contracts/FLContract.sol";
import {NodeRegistry} from "../../../contracts/NodeRegistry.sol";
import {BatchedCommitment, SignedCommitment} from "../../../contracts/types/Batch.sol";
import {DutyView, FailureReason, Phase, RoundView} from "../../../contracts/types/Round.sol";
import {RelayTest} from "../support/RelayTest.sol";

/// @dev Plays rounds in which anybody may be missing, through calls that must succeed; keeps books of what was earned.
///      Longer than other files: one actor's moves and the books of all that they earn, burn or bar belong together.
///      Abstract, because the runner finds targets only in the file of the invariants.
abstract contract FLContractPlay is RelayTest {
    /// @dev A committee member's seat, as the draw announced it.
    struct Seat {
        uint32 round;
        uint8 attempt;
        address auditor;
    }

    /// @dev A batch that the relay sent; `answered` are its entries that were opened or answered for.
    struct Sent {
        uint32 round;
        uint32 batch;
        bool settled;
        uint256 answered;
        BatchedCommitment[] entries;
    }

    uint256 internal constant NODES = TRAINERS + AUDITORS + 1;

    /// @dev Of who leaves with nothing accepted.
    uint32 internal constant REJOIN_ROUNDS = 8;

    uint256 public taskId;
    uint256 public depositWei;
    uint256 public ghostClaimedWei;
    /// Burned for seats that stayed silent.
    uint256 public ghostSilenceWei;
    /// What nodes have earned, by the tests' own count.
    mapping(address node => uint256) public ghostEarnedWei;
    /// What nodes were paid.
    mapping(address node => uint256) public ghostPaidWei;
    /// The end of each round that is over, and 0 before.
    mapping(uint32 round => Phase) public ghostEnd;
    /// Whether an update of the trainer's was accepted since it took its place, and the first round that counts on it.
    mapping(address trainer => bool) private _hasDelivered;
    mapping(address trainer => uint32) private _countedFrom;
    mapping(address trainer => uint32) private _barredBefore;
    /// The round that a trainer committed in last.
    mapping(address trainer => uint32) public ghostCommitRound;
    mapping(bytes32 fault => bool) private _wasSlashed;
    mapping(bytes32 seat => bool) private _hasSpoken;
    Seat[] private _seats;
    Sent[] private _sent;
    /// What batches that are not settled hold of the relay's stake.
    uint256 public ghostBondWei;

    constructor() {
        _deployWithRelay();
        taskId = _createTask(_parameters());
        depositWei = fl.taskOf(taskId).escrowWei;
        for (uint256 i = 0; i < TRAINERS; i++) _join(i);
    }

    function join(uint8 who) external {
        (bool enrolled,) = fl.slotOf(taskId, _trainer(who % TRAINERS));
        if (!enrolled && _round(taskId) >= _barredBefore[_trainer(who % TRAINERS)]) _join(who % TRAINERS);
    }

    function leave(uint8 who) external {
        address trainer = _trainer(who % TRAINERS);
        (bool enrolled,) = fl.slotOf(taskId, trainer);
        DutyView memory duty = fl.dutyOf(taskId, _round(taskId), trainer);
        bool isPending = _isActive() && (duty.committed || duty.mayCommit);
        bool isHeld = _phase(taskId) == Phase.Reveal && _isBatched();
        if (!enrolled || isPending || isHeld || fl.taskOf(taskId).enrolled == 1) return;
        bool isBarren = _countedFrom[trainer] <= _round(taskId) && !_hasDelivered[trainer];
        if (isBarren) _barredBefore[trainer] = _round(taskId) + REJOIN_ROUNDS;
        vm.prank(trainer);
        fl.leave(taskId);
        _note();
    }

    /// @notice A relay sends what some who have not committed signed: `who` says which, one bit each.
    function relayBatch(uint8 who) external {
        RoundView memory round = _view(taskId);
        bool isOpen = round.phase == Phase.Commit && block.timestamp < round.deadline - PHASE_SECONDS / 4;
        uint256 count;
        for (uint256 i = 0; i < TRAINERS; i++) if (_isRelayed(who, i)) count++;
        uint256 bondWei = count * PENALTY_WEI;
        if (!isOpen || count == 0 || registry.stakeOf(relay) < ghostBondWei + bondWei) return;
        Sent storage sent = _sent.push();
        for (uint256 i = 0; i < TRAINERS; i++) {
            if (_isRelayed(who, i)) sent.entries.push(BatchedCommitment(_trainer(i), _commitment(taskId, i)));
        }
        (sent.round, sent.batch) = (_round(taskId), _sendBatch(taskId, sent.entries));
        ghostBondWei += bondWei;
    }

    /// @notice Anybody shows a trainer's word for an entry. Whether it pays is the books' own judgement.
    function reportUnopened(uint256 index, uint8 who, uint8 by) external {
        if (_sent.length == 0) return;
        Sent storage sent = _sent[index % _sent.length];
        uint8 entry = who % uint8(sent.entries.length);
        address trainer = sent.entries[entry].trainer;
        (bool enrolled, uint16 slot) = fl.slotOf(taskId, trainer);
        if (!enrolled) return;
        bytes32 fault = keccak256(abi.encode("reveal", trainer, sent.round));
        SignedCommitment memory signed = _signed(taskId, sent.round, _indexOf(trainer));
        signed.slot = uint8(slot);
        uint256 beforeWei = registry.slashableOf(trainer);
        bytes memory call = abi.encodeCall(
            fl.reportUnopened, (taskId, sent.round, _proof(taskId, sent.entries, sent.batch, entry), signed)
        );
        if (!_slashBy(by, trainer, call)) return;
        sent.answered++;
        if (registry.slashableOf(trainer) == beforeWei) return;
        _assertTrue(!_hasSpoken[fault], "who opened its update pays for no entry");
        _assertTrue(!_wasSlashed[fault], "one update is paid for once");
        _wasSlashed[fault] = true;
    }

    /// @notice The relay has its bond back, less what nobody answered for.
    function settleBatch(uint256 index) external {
        if (_sent.length == 0) return;
        Sent storage sent = _sent[index % _sent.length];
        if (sent.settled || fl.roundOf(taskId, sent.round).phase <= Phase.Reveal) return;
        uint256 owedWei = (sent.entries.length - sent.answered) * PENALTY_WEI;
        (uint256 stakeWei, uint256 supplyWei) = (registry.stakeOf(relay), token.totalSupply());
        vm.prank(relay);
        _assertEq(fl.settleBatch(taskId, sent.round, sent.batch), owedWei, "taken == not answered for");
        _assertEq(registry.stakeOf(relay), stakeWei - owedWei, "of the relay's stake");
        _assertEq(token.totalSupply(), supplyWei - owedWei, "burned");
        sent.settled = true;
        ghostBondWei -= sent.entries.length * PENALTY_WEI;
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
        RoundView memory before = _view(taskId);
        vm.warp(block.timestamp + PHASE_SECONDS);
        fl.advance(taskId);
        _bookSilence(before, before.verdictsRevealed);
        _note();
    }

    function claim(uint8 who) external {
        address node = who % 2 == 0 ? _trainer(who / 2 % TRAINERS) : _auditor(who / 2 % AUDITORS);
        uint256 dueWei = fl.claimable(taskId, node);
        if (dueWei == 0) return;
        uint256 beforeWei = token.balanceOf(node);
        vm.prank(node);
        uint256 paidWei = fl.claim(taskId);
        _assertEq(paidWei, dueWei, "paid == claimable");
        _assertEq(token.balanceOf(node) - beforeWei, paidWei, "received == paid");
        _assertEq(fl.claimable(taskId, node), 0, "nothing is left to claim");
        ghostClaimedWei += paidWei;
        ghostPaidWei[node] += paidWei;
    }

    /// @notice Anybody reports a trainer that may owe a reveal. Whether it does is the books' own judgement.
    function reportMissedReveal(uint8 who, uint8 by) external {
        address trainer = _trainer(who % TRAINERS);
        uint32 round = ghostCommitRound[trainer];
        bytes32 fault = keccak256(abi.encode("reveal", trainer, round));
        bool isMissed = round != 0 && fl.roundOf(taskId, round).phase > Phase.Reveal && !_hasSpoken[fault]
            && !_wasSlashed[fault];
        bool taken = _slashBy(by, trainer, abi.encodeCall(fl.reportMissedReveal, (taskId, round, trainer)));
        _assertTrue(!taken || isMissed, "only who owes a reveal is slashed, once");
        if (taken) _wasSlashed[fault] = true;
    }

    /// @notice Anybody reports an auditor that may have been silent. Who spoke can't be slashed, and nobody twice.
    function reportSilentAuditor(uint256 index, uint8 by) external {
        if (_seats.length == 0) return;
        Seat memory seat = _seats[index % _seats.length];
        bytes32 fault = keccak256(abi.encode("verdict", seat));
        bytes memory call = abi.encodeCall(fl.reportSilentAuditor, (taskId, seat.round, seat.attempt, seat.auditor));
        bool taken = _slashBy(by, seat.auditor, call);
        _assertTrue(!taken || !_wasSlashed[fault], "no auditor is slashed twice for one silence");
        if (taken) _wasSlashed[fault] = true;
    }

    function claimBounty(uint8 who) external {
        address node = _node(who);
        uint256 owedWei = registry.bountyOf(node);
        if (owedWei == 0) return;
        uint256 beforeWei = _wealth(node);
        vm.prank(node);
        _assertEq(registry.claimBounty(), owedWei, "paid == owed");
        _assertEq(_wealth(node), beforeWei, "a bounty is paid once");
    }

    function system() external view returns (CairnToken, NodeRegistry, FLContract) {
        return (token, registry, fl);
    }

    function lockedByRelay() external view returns (uint256) {
        return _lockedWei(relay);
    }

    function nodes() external view returns (address[] memory all) {
        all = new address[](NODES);
        for (uint256 i = 0; i < NODES; i++) all[i] = _node(i);
    }

    /// @dev `by` sends `call`. If it slashes `victim`, nobody loses but the victim, nobody gains but the sender, and what
    ///      the victim lost is what the sender gained and what was burned.
    function _slashBy(uint8 by, address victim, bytes memory call) private returns (bool taken) {
        address sender = _node(by);
        uint256 count = NODES;
        uint256[] memory beforeWei = new uint256[](count);
        for (uint256 i = 0; i < count; i++) beforeWei[i] = _wealth(_node(i));
        uint256 supplyWei = token.totalSupply();
        vm.prank(sender);
        (taken,) = address(fl).call(call);

        uint256 lostWei;
        uint256 gainedWei;
        for (uint256 i = 0; i < count; i++) {
            (address node, uint256 nowWei) = (_node(i), _wealth(_node(i)));
            if (node == victim) lostWei = beforeWei[i] - nowWei;
            else if (node == sender) gainedWei = nowWei - beforeWei[i];
            else _assertEq(nowWei, beforeWei[i], "a bystander neither gains nor loses by a slash");
        }
        _assertTrue(taken || lostWei == 0, "a refused report takes nothing");
        _assertEq(lostWei, gainedWei + supplyWei - token.totalSupply(), "lost == gained + burned");
        _assertTrue(gainedWei * 2 <= lostWei, "at most half goes to who reports");
    }

    /// @return All that a node has, wherever it lies. Unit: wei.
    function _wealth(address node) private view returns (uint256) {
        return token.balanceOf(node) + registry.slashableOf(node) + registry.bountyOf(node) + fl.claimable(taskId, node);
    }

    function _node(uint256 index) private view returns (address) {
        index %= NODES;
        if (index == TRAINERS + AUDITORS) return relay;
        return index < TRAINERS ? _trainer(index) : _auditor(index - TRAINERS);
    }

    function _act(uint8 who) private {
        RoundView memory before = _view(taskId);
        Phase phase = before.phase;
        if (!_isActive()) fl.openRound(taskId);
        else if (phase == Phase.Commit) _commitSome(who);
        else if (phase == Phase.Reveal) _openSome(who);
        else if (phase == Phase.Draw) _drawOrRetarget();
        else if (phase == Phase.AuditCommit) _voteSome(who);
        else if (phase == Phase.AuditReveal) _openVotes(who);
        else if (phase == Phase.Aggregate) _agreeAll();
        else _finish(taskId);
        _bookSilence(before, before.verdictsCommitted); // all who had committed have revealed
        _note();
    }

    function _join(uint256 i) private {
        (_hasDelivered[_trainer(i)], _countedFrom[_trainer(i)]) = (false, _round(taskId) + 1);
        vm.prank(_trainer(i));
        fl.join(taskId);
    }

    function _commitSome(uint8 who) private {
        for (uint256 i = 0; i < TRAINERS && _phase(taskId) == Phase.Commit; i++) {
            bool mayCommit = fl.dutyOf(taskId, _round(taskId), _trainer(i)).mayCommit;
            if ((who >> i) & 1 == 1 && mayCommit && registry.stakeOf(_trainer(i)) >= 520 ether) {
                ghostCommitRound[_trainer(i)] = _round(taskId);
                _commitUpdate(taskId, i);
            }
        }
    }

    function _revealSome(uint8 who) private {
        for (uint256 i = 0; i < TRAINERS && _phase(taskId) == Phase.Reveal; i++) {
            bool owes = fl.dutyOf(taskId, _round(taskId), _trainer(i)).committed
                && !fl.dutyOf(taskId, _round(taskId), _trainer(i)).revealed;
            if ((who >> i) & 1 == 0 || !owes) continue;
            _hasSpoken[keccak256(abi.encode("reveal", _trainer(i), _round(taskId)))] = true;
            _revealUpdate(taskId, i);
        }
    }

    /// @dev Those who sent their own, and those whose entry is in a batch.
    function _openSome(uint8 who) private {
        _revealSome(who);
        for (uint256 b = _sent.length; b > 0 && _sent[b - 1].round == _round(taskId); b--) {
            Sent storage sent = _sent[b - 1];
            for (uint8 e = 0; e < sent.entries.length && _phase(taskId) == Phase.Reveal; e++) {
                uint256 i = _indexOf(sent.entries[e].trainer);
                bool isDone = fl.dutyOf(taskId, sent.round, _trainer(i)).committed;
                if ((who >> i) & 1 == 0 || isDone || registry.stakeOf(_trainer(i)) < 520 ether) continue;
                _hasSpoken[keccak256(abi.encode("reveal", _trainer(i), sent.round))] = true;
                ghostCommitRound[_trainer(i)] = sent.round;
                sent.answered++;
                _openEntry(taskId, i, _proof(taskId, sent.entries, sent.batch, e));
            }
        }
    }

    function _isRelayed(uint8 who, uint256 i) private view returns (bool) {
        return (who >> i) & 1 == 1 && fl.dutyOf(taskId, _round(taskId), _trainer(i)).mayCommit;
    }

    function _isBatched() private view returns (bool) {
        return _sent.length > 0 && _sent[_sent.length - 1].round == _round(taskId);
    }

    function _indexOf(address trainer) private pure returns (uint256 i) {
        while (_trainer(i) != trainer) i++;
    }

    function _drawOrRetarget() private {
        if (_view(taskId).snapshotEpoch + 2 < registry.currentEpoch()) fl.retargetSeed(taskId);
        uint8 attempt = _view(taskId).attempt;
        address[] memory members = _draw(taskId);
        for (uint256 s = 0; s < members.length; s++) _seats.push(Seat(_round(taskId), attempt, members[s]));
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
            if (fl.dutyOf(taskId, _round(taskId), members[s]).attested) continue; // one node can hold several seats
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

    /// @dev What its silent seats cost the task when a committee's verdicts are over.
    /// @param revealed Its verdicts that were revealed by then, if it came so far.
    function _bookSilence(RoundView memory before, uint256 revealed) private {
        Phase phase = _phase(taskId);
        bool isUnopened = before.phase == Phase.AuditCommit && phase != Phase.AuditCommit && phase != Phase.AuditReveal;
        bool isOpened = before.phase == Phase.AuditReveal && phase != Phase.AuditReveal;
        if (!isUnopened && !isOpened) return;
        uint256 spoken = isUnopened ? before.verdictsCommitted : revealed;
        ghostSilenceWei += (before.seats - spoken) * (AUDITOR_STAKE_WEI / 200);
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
                _hasDelivered[_trainer(i)] = true;
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
