// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDisputedRounds} from "../../../contracts/interfaces/IDisputedRounds.sol";
import {IFLContract} from "../../../contracts/interfaces/IFLContract.sol";
import {Position, Ruling} from "../../../contracts/types/Dispute.sol";
import {FailureReason, Phase, UpdateReveal} from "../../../contracts/types/Round.sol";
import {DisputePlay} from "./DisputePlay.sol";

/// @dev What strikes do to a round, one after the other and under both committees: accomplices who lose on purpose cost the
///      others time, never the round. This contract stands for the game about aggregates.
contract DisputeGame_Strikes_Test is DisputePlay {
    function setUp() public {
        _deployGame();
        registry.grantRole(registry.SLASHER_ROLE(), address(this));
        trainers = 3;
    }

    /// @dev F7. Two accomplices lose by the clock, one under each committee. The second committee goes on without them.
    function test_timeout_aStrikeUnderEachCommittee_roundIsFinal() public {
        _accept(_honest());
        _strikeSilent(0);
        _assertPhase(taskId, Phase.Draw, "another committee");
        _decide(7);
        _strikeSilent(1);
        _assertPhase(taskId, Phase.Challenge, "until its time is up");
        _assertEq(_view(taskId).acceptedBitmap, 4, "what is left");
        address[] memory members = fl.committeeOf(taskId, 1);
        _finish(taskId);
        _assertPhase(taskId, Phase.Aggregate, "aggregated anew");
        _assertEq(_view(taskId).reruns, 1, "once");
        _assertEq(_view(taskId).attestations, 0, "of none yet");
        _assertTrue(!fl.dutyOf(taskId, 1, members[0]).attested, "may attest again");
        _agreeOn(keccak256("the mean of one"));
        _finish(taskId);
        _assertPhase(taskId, Phase.Final, "final");
        _assertEq(models.versionOf(2, 1).weightsDigest, keccak256("the mean of one"), "published");
        _assertEq(fl.claimable(taskId, _trainer(2)), 7 ether, "the honest trainer is paid");
        _assertEq(fl.claimable(taskId, _trainer(1)), 0, "the accomplice is not");
        _assertTrue(fl.claimable(taskId, members[0]) > 0, "the committee is paid");
    }

    /// @dev F7 with the second accomplice's game opened under the first committee, and lost under the second: no round leaves
    ///      `Challenge` while a game holds it.
    function test_timeout_secondGameOutlastsTheFirst_undoesTheRoundOnce() public {
        _accept(_honest());
        _openAgainst(1);
        (uint256 slow, Position memory atAnswer) = (gameId, position);
        _strikeSilent(0);
        _assertPhase(taskId, Phase.Challenge, "the slow game holds it");
        _assertEq(_view(taskId).attempt, 0, "still the first committee's");
        game.timeout(slow, atAnswer);
        _assertPhase(taskId, Phase.Draw, "undone once");
        _decide(7);
        _assertEq(_view(taskId).acceptedBitmap, 4, "without both");
    }

    /// @dev The clock that cuts the second committee's `Challenge` short would shield other lies that it accepted.
    function test_releaseRound_earlyInTheSecondChallenge_leavesTimeForOthers() public {
        _accept(_honest());
        _strikeSilent(0);
        _decide(7);
        fl.holdRound(taskId, _trainer(1), _update(1));
        fl.releaseRound(taskId, 1, _trainer(1), 1, STRANGER, Ruling.False);
        _assertPhase(taskId, Phase.Challenge, "still open");
        _openAgainst(2);
        vm.warp(block.timestamp + PHASE_SECONDS);
        vm.expectRevert(abi.encodeWithSelector(IDisputedRounds.FLContractDisputed.selector, taskId, 1, 1));
        fl.advance(taskId);
    }

    /// @dev Each update could be disputed under the second committee: so its accomplices can't take the round back one by one.
    function test_open_whileAggregatedAnew_reverts() public {
        _rerun();
        _agreeOn(keccak256("another"));
        bytes memory data = _openCallAgainst(2);
        vm.expectRevert(abi.encodeWithSelector(IDisputedRounds.FLContractNotDisputable.selector, taskId, 1, _trainer(2)));
        _send(CHALLENGER, data);
    }

    function test_timeout_everythingStruck_failsTheRound() public {
        trainers = 2;
        _accept(_honest());
        _strikeSilent(0);
        _decide(3);
        _strikeSilent(1);
        _finish(taskId);
        _assertPhase(taskId, Phase.Failed, "nothing is left");
        _assertEq(uint256(_view(taskId).failure), uint256(FailureReason.Disputed), "why");
        _assertEq(fl.claimable(taskId, _trainer(1)), 0, "nothing is paid");
    }

    /// @dev The agreed mean is that of more updates than are accepted now: an honest proposer would lose.
    function test_holdAggregate_afterAStrike_reverts() public {
        _accept(_honest());
        _openAgainst(1); // holds the round
        vm.warp(block.timestamp + 1);
        fl.holdRound(taskId, _trainer(0), _claimedReveal());
        fl.releaseRound(taskId, 1, _trainer(0), 0, STRANGER, Ruling.False);
        bytes memory updates = _acceptedUpdates();
        vm.expectRevert(abi.encodeWithSelector(IDisputedRounds.FLContractNotTheAccepted.selector, taskId, 1));
        fl.holdAggregate(taskId, updates);
    }

    /// @dev A second committee that agrees on one false mean after the other: the round ends all the same.
    function test_releaseRound_falseAggregates_failAfterTwoReruns() public {
        _accept(_honest());
        _strikeSilent(0);
        _decide(7);
        for (uint256 rerun = 1; rerun <= 3; rerun++) {
            address proposer = _view(taskId).aggregateProposer;
            bytes32 digest = _view(taskId).aggregateDigest;
            fl.holdAggregate(taskId, _acceptedUpdates());
            fl.releaseRound(taskId, 1, proposer, uint8(rerun), STRANGER, Ruling.AggregateFalse);
            _assertPhase(taskId, Phase.Challenge, "until its time is up");
            _finish(taskId);
            if (rerun == 3) break;
            _assertPhase(taskId, Phase.Aggregate, "anew");
            vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractRefutedAggregate.selector, taskId, 1, digest));
            vm.prank(proposer);
            fl.proposeAggregate(taskId, digest, BYTE_LENGTH);
            _proposeBonded(keccak256(abi.encode("false mean", rerun)));
        }
        _assertPhase(taskId, Phase.Failed, "no more often");
        _assertEq(uint256(_view(taskId).failure), uint256(FailureReason.Disputed), "why");
    }

    /// @dev Who sits in the second committee may have taken its stake out since, and would propose a false mean for nothing.
    function test_proposeAggregate_anewWithoutABond_reverts() public {
        _rerun();
        address member = fl.committeeOf(taskId, 1)[0];
        vm.prank(member);
        registry.requestUnstake(1);
        uint256 stakeWei = registry.stakeOf(member);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractStakeTooLow.selector, member, stakeWei, 500 ether));
        vm.prank(member);
        fl.proposeAggregate(taskId, DIGEST, BYTE_LENGTH);
    }

    /// @dev Who attested what was refuted can be reported until it attests something else.
    function test_reportSilentAuditor_attestedWhatWasRefuted_isSlashed() public {
        _accept(_honest());
        _strikeSilent(0);
        _decide(7);
        address[] memory members = fl.committeeOf(taskId, 1);
        fl.holdAggregate(taskId, _acceptedUpdates());
        fl.releaseRound(taskId, 1, members[0], 1, STRANGER, Ruling.AggregateFalse);
        _assertTrue(fl.reportSilentAuditor(taskId, 1, 1, members[1]) > 0, "attested it");
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractNotSilent.selector, taskId, 1, 1, members[4]));
        fl.reportSilentAuditor(taskId, 1, 1, members[4]);
    }

    /// @dev A round whose second committee aggregates anew.
    function _rerun() private {
        _accept(_honest());
        _strikeSilent(0);
        _decide(7);
        _strikeSilent(1);
        _finish(taskId);
        _assertPhase(taskId, Phase.Aggregate, "anew");
    }

    /// @dev The proposers before have no stake left.
    function _proposeBonded(bytes32 digest) private {
        vm.prank(_trainer(2));
        fl.proposeAggregate(taskId, digest, BYTE_LENGTH);
        address[] memory members = fl.committeeOf(taskId, 1);
        uint256 needed = _view(taskId).quorum;
        for (uint256 s = 0; s < needed; s++) {
            vm.prank(members[s]);
            fl.attestAggregate(taskId, digest, BYTE_LENGTH);
        }
    }

    function _revealed(uint256 i) internal view override returns (UpdateReveal memory) {
        return i == 0 ? _claimedReveal() : _update(i);
    }

    function _acceptedUpdates() private view returns (bytes memory) {
        return abi.encode(_accepted(_view(taskId).acceptedBitmap));
    }
}
