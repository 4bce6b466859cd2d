// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DisputeGame} from "../../../contracts/disputes/DisputeGame.sol";
import {INarrowingGame} from "../../../contracts/interfaces/INarrowingGame.sol";
import {IDisputedRounds} from "../../../contracts/interfaces/IDisputedRounds.sol";
import {IFLContract} from "../../../contracts/interfaces/IFLContract.sol";
import {Commitments} from "../../../contracts/libraries/Commitments.sol";
import {RoundMachine} from "../../../contracts/libraries/RoundMachine.sol";
import {DisputeLimits, Position, Ruling, Stage} from "../../../contracts/types/Dispute.sol";
import {FailureReason, Phase, UpdateReveal} from "../../../contracts/types/Round.sol";
import {DisputePlay} from "./DisputePlay.sol";

/// @dev Attacks on disputes, and by them. The table in ../README.md says which case each is.
contract Abuse_Disputes_Test is DisputePlay {
    bytes32 private constant PLANT_SALT = keccak256("plant");

    function setUp() public {
        _deployGame();
    }

    /// @dev Case 28. A liar that says nothing, to whatever move, loses by the clock.
    /// hardhat-config: default.fuzz.runs = 20
    function testFuzz_timeout_silentDefender_losesByTheClock(uint256 silentFrom) public {
        _accept(Lie(17, 1, 2));
        _open();
        silentFrom = _bound(silentFrom, 0, 6);
        for (uint256 i = 0; i < silentFrom; i++) _move();
        for (_follow(); !_isDefendersTurn(); _follow()) _move();
        vm.warp(game.gameOf(gameId).deadline + EXTENSION_SECONDS);
        vm.prank(STRANGER);
        game.timeout(gameId, position);
        _assertEq(registry.bountyOf(CHALLENGER), 250 ether, "half of the slash");
        _assertEq(game.withdrawable(CHALLENGER), BOND_WEI, "bond back");
        _assertPhase(taskId, Phase.Draw, "a second committee");
    }

    function test_timeout_silentChallenger_losesItsBond() public {
        _accept(_honest());
        _open();
        _playTo(Stage.Pick);
        vm.warp(game.gameOf(gameId).deadline);
        game.timeout(gameId, position);
        _assertEq(game.withdrawable(_trainer(0)), WON_WEI, "half the bond won");
        _assertTrue(!game.isStruck(taskId, 1, _trainer(0)), "stands");
    }

    /// @dev Case 29. Each junk challenge pays the honest trainer, and together they hold the round no longer than one.
    function test_open_manyJunkChallenges_payTheTrainerAndHoldForOneGame() public {
        _accept(_honest());
        uint40 windowEnds = _view(taskId).deadline;
        Position[5] memory answered;
        for (uint256 i = 0; i < 5; i++) {
            _open();
            _move();
            _follow();
            answered[i] = position;
        }
        vm.warp(windowEnds);
        bytes memory late = _openCall();
        vm.expectRevert(
            abi.encodeWithSelector(RoundMachine.RoundMachineDeadlinePassed.selector, Phase.Challenge, windowEnds)
        );
        _send(CHALLENGER, late);
        for (uint256 i = 0; i < 5; i++) {
            vm.expectRevert(abi.encodeWithSelector(IDisputedRounds.FLContractDisputed.selector, taskId, 1, 5 - i));
            fl.advance(taskId);
            game.timeout(i + 1, answered[i]);
        }
        _assertEq(game.withdrawable(_trainer(0)), 5 * WON_WEI, "half of all bonds");
        fl.advance(taskId);
        _assertPhase(taskId, Phase.Final, "moves on");
    }

    /// @dev Case 31. A move in the last second leaves the other side an extension, and never more than that.
    function test_move_inTheLastSecond_leavesTheOtherSideTime() public {
        _accept(Lie(11, 1, 2));
        _open();
        vm.warp(game.gameOf(gameId).deadline - 1);
        _move();
        _assertEq(game.gameOf(gameId).deadline, block.timestamp + CLOCK_SECONDS, "the challenger's own clock");
        _move();
        _assertEq(game.gameOf(gameId).deadline, block.timestamp + EXTENSION_SECONDS, "the defender's is used up");
        vm.warp(game.gameOf(gameId).deadline - 1);
        _move();
        _move();
        _assertEq(game.gameOf(gameId).deadline, block.timestamp + EXTENSION_SECONDS, "an extension again, not more");
    }

    /// @dev Case 31. At the deadline it is too late, and a second before it is too early for anybody else.
    function test_move_atTheDeadline_reverts() public {
        _accept(Lie(17, 1, 2));
        _open();
        (address player, bytes memory data) = _nextCall();
        uint40 deadline = game.gameOf(gameId).deadline;
        vm.warp(deadline - 1);
        vm.expectRevert(
            abi.encodeWithSelector(INarrowingGame.DisputeGameNotLate.selector, gameId, deadline + EXTENSION_SECONDS)
        );
        game.timeout(gameId, position);
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameTooLate.selector, gameId, deadline));
        _send(player, data);
    }

    /// @dev Case 32. The first challenger dies: its second goes on; and a game of another's own is decided by itself.
    function test_play_challengerDies_anotherGoesOn() public {
        _accept(Lie(17, 1, 2));
        vm.prank(CHALLENGER);
        game.nameSecond(STRANGER, true);
        _open();
        _playTo(Stage.Pick);
        (, bytes memory data) = _nextCall();
        _send(STRANGER, data);
        _open();
        _play();
        _assertTrue(game.isStruck(taskId, 1, _trainer(0)), "struck by the second game");
        game.close(1);
        _assertEq(game.withdrawable(CHALLENGER), 2 * BOND_WEI, "the dead one gets its bond back");
        _assertEq(registry.bountyOf(CHALLENGER), 250 ether, "slashed once");
    }

    /// @dev Case 33. There is no try/catch to starve: with too little gas the last move reverts, and nothing has happened.
    function test_settle_starvedOfGas_changesNothing() public {
        _accept(Lie(17, 1, 2));
        _open();
        _playTo(Stage.Settle);
        bytes memory data = _settleCall(_lastStep(position));
        for (uint256 gas = 20_000; gas <= 140_000; gas += 10_000) {
            vm.prank(CHALLENGER);
            (bool isDone,) = address(game).call{gas: gas}(data);
            if (isDone) break;
            _assertTrue(!game.gameOf(gameId).isOver, "still open");
        }
        if (!game.gameOf(gameId).isOver) _send(CHALLENGER, data);
        _assertTrue(game.isStruck(taskId, 1, _trainer(0)), "the true result");
    }

    /// @dev Case 36. Nothing is paid while a game is open, and once the round is final no game opens.
    function test_open_afterFinal_reverts() public {
        _accept(_honest());
        _finish(taskId);
        bytes memory late = _openCall();
        vm.expectRevert(
            abi.encodeWithSelector(RoundMachine.RoundMachineWrongPhase.selector, Phase.Final, Phase.Challenge)
        );
        _send(CHALLENGER, late);
    }

    /// @dev Case 36. As long as the game is open the trainer can claim nothing for the update; struck, it never can.
    function test_claim_struckUpdate_earnsNothing() public {
        _accept(Lie(17, 1, 2));
        _open();
        _assertEq(fl.claimable(taskId, _trainer(0)), 0, "not before the end");
        _play();
        _decide(3); // the second committee accepts it again: the strike stays
        _assertEq(_view(taskId).acceptedBitmap, 2, "not accepted");
        _finish(taskId);
        _assertPhase(taskId, Phase.Final, "final");
        _assertEq(fl.claimable(taskId, _trainer(0)), 0, "struck");
        _assertEq(fl.claimable(taskId, _trainer(1)), 7 ether, "the honest one is paid");
    }

    /// @dev The challenger is a name of the liar's: at least half of the slash is burned.
    function test_settle_byAnAccomplice_burnsHalf() public {
        _accept(Lie(17, 1, 2));
        uint256 supplyWei = token.totalSupply();
        _open();
        _play();
        _assertEq(token.totalSupply(), supplyWei - 250 ether, "half of it burned");
    }

    /// @dev What another game struck can't be disputed again, and nobody loses by the games that are left.
    function test_close_otherGameStruckIt_returnsTheBond() public {
        _accept(Lie(17, 1, 2));
        _open();
        _open();
        _play();
        game.close(1);
        _decide(2);
        bytes memory again = _openCall();
        vm.expectRevert(
            abi.encodeWithSelector(IDisputedRounds.FLContractNotDisputable.selector, taskId, 1, _trainer(0))
        );
        _send(CHALLENGER, again);
        _assertEq(game.withdrawable(CHALLENGER), 2 * BOND_WEI, "both bonds");
        _finish(taskId);
        _assertPhase(taskId, Phase.Final, "without the lie");
    }

    /// @dev A trainer that planted an error says so: nobody loses, and it is struck.
    /// @dev Whoever lies behind a plant's trace root loses as any liar: the file is what counts.
    function test_answerPlant_falseParameters_loseAsAny() public {
        _openPlanted(Lie(11, 1, 2));
        uint256 stakeWei = registry.stakeOf(_trainer(0));
        _send(_trainer(0), _answerPlantCall(PLANT_SALT));
        _play();
        _assertEq(registry.stakeOf(_trainer(0)), stakeWei - _parameters().minStakeWei, "slashed");
        _assertEq(game.withdrawable(CHALLENGER), BOND_WEI, "bond back");
        _assertEq(_view(1).acceptedBitmap, 2, "struck");
    }

    function test_answerPlant_trueParameters_stand() public {
        _openPlanted(_honest());
        _send(_trainer(0), _answerPlantCall(PLANT_SALT));
        _play();
        _assertTrue(!game.isStruck(1, 1, _trainer(0)), "stands");
        _assertEq(game.withdrawable(_trainer(0)), WON_WEI, "half the bond won");
    }

    function _openPlanted(Lie memory lie_) private {
        lie = lie_;
        UpdateReveal memory opened = _claimedReveal();
        opened.traceRoot = keccak256(
            abi.encode(Commitments.PLANT_DOMAIN, block.chainid, address(fl), 1, uint32(1), _trainer(0), PLANT_SALT)
        );
        _accept(opened);
        _assertEq(taskId, 1, "as hashed");
        logs.recordLogs();
        gameId = 1;
        _send(CHALLENGER, abi.encodeCall(game.open, (1, _trainer(0), opened, _terms(), _tail(_run(_honest(), 0, 0).w))));
        _follow();
    }

    function test_holdRound_byAStranger_reverts() public {
        _accept(_honest());
        UpdateReveal memory opened = _claimedReveal();
        vm.expectRevert(abi.encodeWithSelector(IDisputedRounds.FLContractNotAGame.selector, STRANGER));
        vm.prank(STRANGER);
        fl.holdRound(taskId, _trainer(0), opened);
    }

    function test_releaseRound_byAStranger_reverts() public {
        _accept(_honest());
        vm.expectRevert(abi.encodeWithSelector(IDisputedRounds.FLContractNotAGame.selector, STRANGER));
        vm.prank(STRANGER);
        fl.releaseRound(taskId, 1, _trainer(0), 0, STRANGER, Ruling.False);
    }

    /// @dev A liar can't take its stake while a game about it is open: the round is held, and its place with it.
    function test_leave_duringAGame_reverts() public {
        _accept(Lie(17, 1, 2));
        _open();
        vm.warp(block.timestamp + PHASE_SECONDS);
        vm.expectRevert(abi.encodeWithSelector(IFLContract.FLContractUpdatePending.selector, taskId, _trainer(0)));
        vm.prank(_trainer(0));
        fl.leave(taskId);
    }

    function test_constructor_gamesOutlastUnbonding_reverts() public {
        vm.expectRevert(
            abi.encodeWithSelector(INarrowingGame.DisputeGameOutlastsUnbonding.selector, 5_004, UNBONDING_SECONDS)
        );
        new DisputeGame(token, registry, models, datasets, fl, DisputeLimits(1_251, 0, BOND_WEI)); // two games, two clocks each
    }

    function test_close_updateStands_reverts() public {
        _accept(_honest());
        _open();
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameNotMoot.selector, gameId));
        game.close(gameId);
    }

    function _isDefendersTurn() private view returns (bool) {
        Stage stage = position.stage;
        return stage != Stage.Pick && stage != Stage.PickNode && stage != Stage.PickElement && stage != Stage.Settle;
    }
}
