// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CanonicalTree} from "../../../contracts/disputes/CanonicalTree.sol";
import {MerklePaths} from "../../../contracts/disputes/MerklePaths.sol";
import {Sha256Tail} from "../../../contracts/disputes/Sha256Tail.sol";
import {IDisputeGame} from "../../../contracts/interfaces/IDisputeGame.sol";
import {INarrowingGame} from "../../../contracts/interfaces/INarrowingGame.sol";
import {IDisputedRounds} from "../../../contracts/interfaces/IDisputedRounds.sol";
import {RoundMachine} from "../../../contracts/libraries/RoundMachine.sol";
import {
    FileTail,
    LastStep,
    MachineState,
    Position,
    RunEnd,
    Stage,
    Terms,
    WriteProof
} from "../../../contracts/types/Dispute.sol";
import {Phase, UpdateReveal} from "../../../contracts/types/Round.sol";
import {DisputePlay} from "./DisputePlay.sol";

/// @dev What each move refuses. A liar trains in each; it is wrong in W[2] of step 11. Longer than other files: one case for each way to move wrongly.
contract DisputeGame_Moves_Test is DisputePlay {
    function setUp() public {
        _deployGame();
        _accept(Lie(11, 1, 2));
    }

    function test_fixTerms_notTheOwner_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameNotTaskOwner.selector, taskId, STRANGER));
        vm.prank(STRANGER);
        game.fixTerms(taskId, keccak256("terms"));
    }

    function test_fixTerms_roundOpened_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameTermsFixed.selector, taskId));
        vm.prank(OWNER);
        game.fixTerms(taskId, keccak256("terms"));
    }

    function test_fixTerms_twice_reverts() public {
        uint256 other = _createTask(_parameters());
        vm.prank(OWNER);
        game.fixTerms(other, keccak256("terms"));
        _assertEq(game.termsOf(other), keccak256("terms"), "fixed");
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameTermsFixed.selector, other));
        vm.prank(OWNER);
        game.fixTerms(other, keccak256("others"));
    }

    function test_open_takesTheBondAndHoldsTheRound() public {
        uint256 heldWei = token.balanceOf(CHALLENGER);
        _open();
        _assertEq(token.balanceOf(CHALLENGER), heldWei - BOND_WEI, "bond");
        _follow();
        _assertEq(claim.trainer, _trainer(0), "trainer");
        _assertEq(claim.start, _state(_run(_honest(), 0, 0).w), "starts from the base");
        _assertEq(game.gameOf(gameId).deadline, block.timestamp + CLOCK_SECONDS, "deadline");
        vm.warp(block.timestamp + PHASE_SECONDS);
        vm.expectRevert(abi.encodeWithSelector(IDisputedRounds.FLContractDisputed.selector, taskId, 1, 1));
        fl.advance(taskId);
    }

    function test_disproveSampleCount_otherCount_strikesAndSlashes() public {
        UpdateReveal memory opened = _claimedReveal();
        opened.sampleCount = SAMPLES + 1;
        _accept(opened);
        uint256 stakeWei = registry.stakeOf(_trainer(0));
        bytes memory data = _disproveCall(opened, SAMPLES);
        vm.expectEmit(address(game));
        emit IDisputeGame.SampleCountDisproven(
            taskId, 1, _trainer(0), STRANGER, SAMPLES + 1, SAMPLES, _parameters().minStakeWei
        );
        _send(STRANGER, data);
        _assertTrue(game.isStruck(taskId, 1, _trainer(0)), "struck");
        _assertEq(registry.stakeOf(_trainer(0)), stakeWei - _parameters().minStakeWei, "slashed");
        _assertEq(registry.bountyOf(STRANGER), _parameters().minStakeWei / 2, "half is the prover's");
        _assertPhase(taskId, Phase.Draw, "another committee decides");
        _assertEq(_view(taskId).acceptedBitmap, 2, "the other update stands");
    }

    function test_disproveSampleCount_rightCount_reverts() public {
        bytes memory data = _disproveCall(_claimedReveal(), SAMPLES);
        vm.expectRevert(
            abi.encodeWithSelector(IDisputeGame.DisputeGameRightSampleCount.selector, taskId, 1, _trainer(0))
        );
        _send(STRANGER, data);
    }

    function test_disproveSampleCount_otherShard_reverts() public {
        bytes memory data = _disproveCall(_claimedReveal(), SAMPLES - 1);
        bytes32 actual = keccak256(abi.encode(SAMPLES - 1, RECORDS_ROOT));
        bytes32 needed = _terms().shardsRoot;
        vm.expectRevert(abi.encodeWithSelector(MerklePaths.MerklePathsWrongRoot.selector, actual, needed));
        _send(STRANGER, data);
    }

    function test_disproveSampleCount_twice_reverts() public {
        UpdateReveal memory opened = _claimedReveal();
        opened.sampleCount = 1;
        _accept(opened);
        bytes memory data = _disproveCall(opened, SAMPLES);
        _send(STRANGER, data);
        vm.expectRevert(
            abi.encodeWithSelector(RoundMachine.RoundMachineWrongPhase.selector, Phase.Draw, Phase.Challenge)
        );
        _send(STRANGER, data);
    }

    function _disproveCall(UpdateReveal memory opened, uint32 count) private view returns (bytes memory) {
        return abi.encodeCall(
            game.disproveSampleCount,
            (taskId, _trainer(0), opened, _terms(), count, RECORDS_ROOT, new bytes32[](0))
        );
    }

    function test_open_otherTerms_reverts() public {
        Terms memory terms = _terms();
        terms.steps++;
        bytes32 actual = keccak256(abi.encode(terms));
        bytes memory data = abi.encodeCall(game.open, (taskId, _trainer(0), _claimedReveal(), terms, _base()));
        vm.expectRevert(
            abi.encodeWithSelector(
                INarrowingGame.DisputeGameWrongTerms.selector, taskId, actual, keccak256(abi.encode(_terms()))
            )
        );
        _send(CHALLENGER, data);
    }

    function test_open_otherReveal_reverts() public {
        UpdateReveal memory opened = _claimedReveal();
        opened.traceRoot = keccak256("another");
        bytes memory data = abi.encodeCall(game.open, (taskId, _trainer(0), opened, _terms(), _base()));
        vm.expectRevert(
            abi.encodeWithSelector(IDisputedRounds.FLContractNotDisputable.selector, taskId, 1, _trainer(0))
        );
        _send(CHALLENGER, data);
    }

    function test_open_otherBase_reverts() public {
        FileTail memory base = _tail(_run(_honest(), 1, 0).w);
        bytes memory data = abi.encodeCall(game.open, (taskId, _trainer(0), _claimedReveal(), _terms(), base));
        bytes32 actual = sha256(base.tail);
        bytes32 needed = sha256(_base().tail);
        vm.expectRevert(abi.encodeWithSelector(Sha256Tail.Sha256TailWrongDigest.selector, actual, needed));
        _send(CHALLENGER, data);
    }

    function test_answer_byTheChallenger_reverts() public {
        _open();
        (, bytes memory data) = _nextCall();
        vm.expectRevert(
            abi.encodeWithSelector(INarrowingGame.DisputeGameNotYourTurn.selector, gameId, CHALLENGER, _trainer(0))
        );
        _send(CHALLENGER, data);
    }

    function test_answer_secondOfTheDefender_moves() public {
        _open();
        (, bytes memory data) = _nextCall();
        vm.prank(_trainer(0));
        game.nameSecond(STRANGER, true);
        _send(STRANGER, data);
        _follow();
        _assertEq(uint256(position.stage), uint256(Stage.Pick), "moved");
    }

    function test_answer_otherFile_reverts() public {
        _open();
        _follow();
        FileTail memory file = _tail(_run(_honest(), STEPS, 0).w);
        RunEnd memory end = RunEnd(1, new bytes32[](0), bytes32(0), file);
        bytes memory data = abi.encodeCall(game.answer, (gameId, claim, _terms(), position, end, _points()));
        bytes32 actual = sha256(file.tail);
        vm.expectRevert(
            abi.encodeWithSelector(Sha256Tail.Sha256TailWrongDigest.selector, actual, claim.updateDigest)
        );
        _send(_trainer(0), data);
    }

    function test_answer_otherOptimiser_reverts() public {
        _open();
        _follow();
        RunEnd memory end = RunEnd(1, new bytes32[](0), keccak256("optimiser"), _tail(_run(lie, STEPS, 0).w));
        bytes memory data = abi.encodeCall(game.answer, (gameId, claim, _terms(), position, end, _points()));
        vm.expectPartialRevert(CanonicalTree.CanonicalTreeWrongRoot.selector);
        _send(_trainer(0), data);
    }

    function test_answerPlant_notPlanted_reverts() public {
        _open();
        _follow();
        bytes memory data = _answerPlantCall(keccak256("salt"));
        vm.expectRevert(abi.encodeWithSelector(IDisputeGame.DisputeGameNotPlanted.selector, gameId));
        _send(_trainer(0), data);
    }

    function test_pick_twice_reverts() public {
        _open();
        _move();
        (, bytes memory data) = _nextCall();
        _send(CHALLENGER, data);
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameWrongPosition.selector, gameId));
        _send(CHALLENGER, data);
    }

    function test_pick_otherPoints_reverts() public {
        _open();
        _playTo(Stage.Pick);
        points[0] = keccak256("another");
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameWrongPoints.selector, gameId));
        _send(CHALLENGER, _pickCall(0));
    }

    function test_pick_beyondTheParts_reverts() public {
        _open();
        _playTo(Stage.Pick);
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameNoSuchPart.selector, gameId, 16, 16));
        _send(CHALLENGER, _pickCall(16));
    }

    function test_cut_tooFewPoints_reverts() public {
        _open();
        _playTo(Stage.Cut);
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameWrongPointCount.selector, gameId, 0, 4));
        _send(_trainer(0), _cutCall(new bytes32[](0)));
    }

    function test_cut_whileTheChallengerPicks_reverts() public {
        _open();
        _playTo(Stage.Pick);
        vm.expectRevert(
            abi.encodeWithSelector(INarrowingGame.DisputeGameWrongStage.selector, gameId, Stage.Pick, Stage.Cut)
        );
        _send(_trainer(0), _cutCall(new bytes32[](0)));
    }

    function test_openWrite_otherSlot_reverts() public {
        _open();
        _playTo(Stage.OpenWrite);
        lie.element = 1; // as if W[1] had been wrong
        (, bytes memory data) = _nextCall();
        vm.expectPartialRevert(MerklePaths.MerklePathsWrongRoot.selector);
        _send(_trainer(0), data);
    }

    function test_openWrite_otherNodes_reverts() public {
        _open();
        _playTo(Stage.OpenWrite);
        WriteProof memory proof = _writeProof();
        proof.shown[0] = bytes32(uint256(proof.shown[0]) + 1);
        vm.expectPartialRevert(INarrowingGame.DisputeGameWrongNode.selector);
        _send(_trainer(0), _openWriteCall(proof));
    }

    function test_openWrite_tooFewNodes_reverts() public {
        _open();
        _playTo(Stage.OpenWrite);
        WriteProof memory proof = _writeProof();
        proof.shown = new bytes32[](1);
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameWrongPointCount.selector, gameId, 1, 2));
        _send(_trainer(0), _openWriteCall(proof));
    }

    function test_pickNode_otherNodes_reverts() public {
        _open();
        _playTo(Stage.PickNode);
        points[0] = bytes32(uint256(points[0]) + 1);
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameWrongPoints.selector, gameId));
        _send(CHALLENGER, _pickNodeCall(0));
    }

    function test_pickNode_beyondTheNodes_reverts() public {
        _open();
        _playTo(Stage.PickNode);
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameNoSuchPart.selector, gameId, 2, 2));
        _send(CHALLENGER, _pickNodeCall(2));
    }

    function test_openLeaf_otherWords_reverts() public {
        _open();
        _playTo(Stage.OpenLeaf);
        bytes memory data = abi.encodeCall(game.openLeaf, (gameId, position, new bytes32[](4)));
        vm.expectPartialRevert(INarrowingGame.DisputeGameWrongNode.selector);
        _send(_trainer(0), data);
    }

    function test_pickElement_ofAnotherLeaf_reverts() public {
        _open();
        _playTo(Stage.PickElement);
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameNoSuchElement.selector, gameId, 32, 0));
        _send(CHALLENGER, _pickElementCall(32));
    }

    /// @dev Behind the slot's end there are zeros, so whoever picks there has lost.
    function test_pickElement_behindTheSlot_isUpheld() public {
        _open();
        _playTo(Stage.PickNode);
        _send(CHALLENGER, _pickNodeCall(1));
        _move();
        _follow();
        _send(CHALLENGER, _pickElementCall(WORDS));
        _move();
        _assertEq(game.withdrawable(_trainer(0)), WON_WEI, "half the bond won");
        _assertTrue(!game.isStruck(taskId, 1, _trainer(0)), "stands");
    }

    /// @dev The liar shows the honest run: it does not end with the word that it claimed.
    function test_openElement_otherWord_reverts() public {
        _open();
        _playTo(Stage.OpenElement);
        bytes memory data = _openElementCall(_machine(_honest(), position));
        uint32 word = _run(lie, position.step, WRITES).w[position.element];
        vm.expectRevert(
            abi.encodeWithSelector(INarrowingGame.DisputeGameWrongElement.selector, gameId, word, word - 1)
        );
        _send(_trainer(0), data);
    }

    function test_openElement_notHalted_reverts() public {
        _open();
        _playTo(Stage.OpenElement);
        MachineState[] memory states = _machine(lie, position);
        MachineState[] memory cutOff = new MachineState[](states.length - 1);
        for (uint256 i = 0; i < cutOff.length; i++) cutOff[i] = states[i];
        cutOff[cutOff.length - 1].high = states[cutOff.length].high; // with the word
        bytes memory data = _openElementCall(cutOff);
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameNotHalted.selector, gameId));
        _send(_trainer(0), data);
    }

    function test_settle_otherState_reverts() public {
        _open();
        _playTo(Stage.Settle);
        LastStep memory last = _lastStep(position);
        last.state.high++;
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameWrongState.selector, gameId));
        _send(CHALLENGER, _settleCall(last));
    }

    function test_settle_otherInstruction_reverts() public {
        _open();
        _playTo(Stage.Settle);
        LastStep memory last = _lastStep(position);
        last.instruction.word++;
        vm.expectPartialRevert(MerklePaths.MerklePathsWrongRoot.selector);
        _send(CHALLENGER, _settleCall(last));
    }

    function test_settle_otherReading_reverts() public {
        _open();
        _playTo(Stage.Settle);
        LastStep memory last = _lastStep(position);
        last.reading.path = new bytes32[](5);
        vm.expectRevert(abi.encodeWithSelector(MerklePaths.MerklePathsWrongHeight.selector, 5, 2));
        _send(CHALLENGER, _settleCall(last));
    }

    function test_settle_otherClaim_reverts() public {
        _open();
        _playTo(Stage.Settle);
        LastStep memory last = _lastStep(position);
        claim.seed = keccak256("another");
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameWrongClaim.selector, gameId));
        _send(CHALLENGER, _settleCall(last));
    }

    function test_move_inAnotherGame_reverts() public {
        _open();
        (, bytes memory data) = _nextCall();
        bytes32 kept = game.gameOf(gameId).positionHash;
        _send(_trainer(0), data);
        _open();
        _assertEq(gameId, 2, "a second game");
        _follow();
        Position memory p = position;
        gameId = 1;
        _assertTrue(kept != game.gameOf(1).positionHash, "the first has moved on");
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameWrongPosition.selector, 1));
        game.timeout(1, p);
    }

    function test_move_neverOpened_reverts() public {
        Position memory p;
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameNotOpen.selector, 7));
        game.timeout(7, p);
    }

    function test_withdraw_afterTheGame_paysOnce() public {
        _open();
        _play();
        uint256 heldWei = token.balanceOf(CHALLENGER);
        vm.prank(CHALLENGER);
        _assertEq(game.withdraw(), BOND_WEI, "paid");
        _assertEq(token.balanceOf(CHALLENGER), heldWei + BOND_WEI, "received");
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameNothingToWithdraw.selector, CHALLENGER));
        vm.prank(CHALLENGER);
        game.withdraw();
    }

    function _base() private pure returns (FileTail memory) {
        return _tail(_run(_honest(), 0, 0).w);
    }
}
