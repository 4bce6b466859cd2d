// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IDisputeGame} from "../../../contracts/interfaces/IDisputeGame.sol";
import {INarrowingGame} from "../../../contracts/interfaces/INarrowingGame.sol";
import {IDisputedRounds} from "../../../contracts/interfaces/IDisputedRounds.sol";
import {Claim, GameView, Outcome, Position, Stage} from "../../../contracts/types/Dispute.sol";
import {Phase} from "../../../contracts/types/Round.sol";
import {DisputePlay} from "./DisputePlay.sol";

/// @dev Games that somebody plays in the place of a trainer that is away. Longer than other files: every way to take one up
///      wrongly, and every way in which it ends.
contract DisputeGame_TakeUp_Test is DisputePlay {
    uint256 private constant PARENT = 1;

    /// @dev Where the game that is taken up stands.
    Position private late;

    function setUp() public {
        _deployGame();
    }

    // --- what it is for ---

    /// @dev Whoever challenges a trainer that is away loses to anybody who has its run.
    function test_takeUp_falseChallenge_costsTheAbsentTrainerNothing() public {
        _openLate(_honest());
        uint256 stakeWei = registry.stakeOf(_trainer(0));
        uint256 heldWei = token.balanceOf(VOLUNTEER);
        vm.expectEmit(address(game));
        emit INarrowingGame.GameTakenUp(2, PARENT, VOLUNTEER);
        _takeUp(PARENT, late, VOLUNTEER);
        _assertEq(token.balanceOf(VOLUNTEER), heldWei - BOND_WEI, "a bond of its own");
        _assertEq(game.gameOf(PARENT).openSisters, 1, "played in its place");
        GameView memory sister = game.gameOf(gameId);
        _assertEq(sister.parentId, PARENT, "in whose place");
        _assertEq(sister.defender, VOLUNTEER, "defender");
        _assertEq(sister.challenger, CHALLENGER, "challenger");
        _assertEq(sister.deadline, block.timestamp + CLOCK_SECONDS, "fresh clocks");
        _assertEq(uint256(position.stage), uint256(Stage.Answer), "from the beginning");

        _play();
        _assertEq(game.withdrawable(VOLUNTEER), BOND_WEI + WON_WEI, "its bond and half of the challenger's");
        _assertTrue(game.gameOf(PARENT).isOver, "the challenge is lost");
        _assertTrue(!game.isStruck(taskId, 1, _trainer(0)), "stands");
        _assertEq(registry.stakeOf(_trainer(0)), stakeWei, "the trainer lost nothing");
        _finish(taskId);
        _assertPhase(taskId, Phase.Final, "moves on");
        _assertEq(_view(taskId).acceptedBitmap, 3, "accepted");
    }

    /// @dev The last events say how both games ended.
    function test_takeUp_challengerLate_endsBothGames() public {
        _openLate(_honest());
        _takeUp(PARENT, late, VOLUNTEER);
        _move();
        _follow();
        vm.warp(game.gameOf(gameId).deadline);
        vm.expectEmit(address(game));
        emit INarrowingGame.GameEnded(gameId, Outcome.ChallengerLate, VOLUNTEER, 0);
        vm.expectEmit(address(game));
        emit INarrowingGame.GameEnded(PARENT, Outcome.Defended, VOLUNTEER, 0);
        game.timeout(gameId, position);
    }

    /// @dev Whoever stands in for a liar loses its bond to the challenger, which wins in the end as if nobody had.
    function test_takeUp_trueChallenge_isStoppedByNoNumberOfVolunteers() public {
        _openLate(Lie(17, 1, 2));
        for (uint256 i = 0; i < 4; i++) _takeUp(PARENT, late, FALSE_FRIEND);
        _play(); // the last is played to its end
        _assertEq(game.withdrawable(CHALLENGER), WON_WEI, "half of the first volunteer's bond");
        _assertTrue(!game.isStruck(taskId, 1, _trainer(0)), "not struck by a game in another's place");
        Position memory atAnswer = _firstPosition();
        vm.warp(block.timestamp + CLOCK_SECONDS + EXTENSION_SECONDS);
        for (uint256 id = 2; id < 5; id++) {
            vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameTakenUp.selector, PARENT, 5 - id));
            game.timeout(PARENT, late);
            game.timeout(id, atAnswer); // no second grace
        }
        game.timeout(PARENT, late);
        _assertTrue(game.isStruck(taskId, 1, _trainer(0)), "struck");
        _assertEq(game.withdrawable(CHALLENGER), BOND_WEI + 4 * WON_WEI, "its bond and half of theirs");
        _assertEq(registry.bountyOf(CHALLENGER), 250 ether, "half of the slash");
        _assertPhase(taskId, Phase.Draw, "a second committee");
    }

    /// @dev A false friend takes the game up and loses on purpose: the honest volunteer's game still decides.
    function test_takeUp_falseFriendLoses_honestVolunteerStillDecides() public {
        _openLate(_honest());
        _takeUp(PARENT, late, FALSE_FRIEND);
        Position memory answer = position;
        _takeUp(PARENT, late, VOLUNTEER);
        _move(); // the challenger's turn
        _follow();
        vm.warp(game.gameOf(2).deadline);
        game.timeout(2, answer);
        _assertEq(game.withdrawable(CHALLENGER), WON_WEI, "half of the false friend's bond");
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameTakenUp.selector, PARENT, 1));
        game.timeout(PARENT, late);
        vm.warp(game.gameOf(3).deadline);
        game.timeout(3, position);
        _assertEq(game.withdrawable(VOLUNTEER), BOND_WEI + WON_WEI, "won");
        _assertTrue(game.gameOf(PARENT).isOver && !game.isStruck(taskId, 1, _trainer(0)), "stands");
    }

    /// @dev A challenger that takes up its own game gets back what it put up, and keeps nobody else from it.
    function test_takeUp_byTheChallenger_gainsNothing() public {
        _openLate(_honest());
        _takeUp(PARENT, late, CHALLENGER);
        Position memory answer = position;
        _takeUp(PARENT, late, VOLUNTEER);
        vm.warp(game.gameOf(2).deadline - 1);
        _move(); // the volunteer's, in the last second
        _follow();
        vm.warp(block.timestamp + 1);
        game.timeout(2, answer); // the challenger loses to itself
        _assertEq(game.withdrawable(CHALLENGER), WON_WEI, "half of its own bond");
        _play();
        _assertTrue(!game.isStruck(taskId, 1, _trainer(0)), "stands");
        _assertEq(game.withdrawable(VOLUNTEER), BOND_WEI + WON_WEI, "the challenge is lost all the same");
    }

    /// @dev A challenger that beats itself ends its own challenge, as one that says nothing; others' games go on.
    function test_takeUp_challengerBeatsItself_leavesOtherChallengesAlone() public {
        _openLate(Lie(17, 1, 2));
        _takeUp(PARENT, late, CHALLENGER);
        _move();
        _follow();
        Position memory pick = position;
        _assertEq(uint256(pick.stage), uint256(Stage.Pick), "its own turn against itself");
        vm.warp(block.timestamp + 1);
        _open();
        vm.warp(game.gameOf(2).deadline);
        game.timeout(2, pick);
        _assertTrue(game.gameOf(PARENT).isOver, "given up");
        _play();
        _assertTrue(game.isStruck(taskId, 1, _trainer(0)), "struck by the other challenge");
    }

    function test_takeUp_secondOfTheVolunteer_moves() public {
        _openLate(_honest());
        _takeUp(PARENT, late, VOLUNTEER);
        vm.prank(VOLUNTEER);
        game.nameSecond(STRANGER, true);
        (, bytes memory data) = _nextCall();
        _send(STRANGER, data);
        _follow();
        _assertEq(uint256(position.stage), uint256(Stage.Pick), "moved");
    }

    /// @dev The place is the volunteer's: the trainer, when it is back, takes the game up as anybody.
    function test_answer_byTheTrainerInAnothersGame_reverts() public {
        _openLate(_honest());
        _takeUp(PARENT, late, VOLUNTEER);
        (, bytes memory data) = _nextCall();
        vm.expectRevert(
            abi.encodeWithSelector(INarrowingGame.DisputeGameNotYourTurn.selector, gameId, _trainer(0), VOLUNTEER)
        );
        _send(_trainer(0), data);
    }

    /// hardhat-config: default.fuzz.runs = 40
    function testFuzz_takeUp_anyChallenge_volunteerWins(uint256 silentFrom, uint256 seed) public {
        _acceptAndOpen(_honest());
        silentFrom = _bound(silentFrom, 0, 6);
        for (uint256 i = 0; i < silentFrom && !game.gameOf(PARENT).isOver; i++) _moveAny(seed);
        if (game.gameOf(PARENT).isOver) return;
        _beLate();
        _takeUp(PARENT, late, VOLUNTEER);
        while (!game.gameOf(gameId).isOver) _moveAny(seed);
        _assertEq(game.withdrawable(VOLUNTEER), BOND_WEI + WON_WEI, "its bond and half of the other");
        _assertTrue(!game.isStruck(taskId, 1, _trainer(0)), "stands");
    }

    /// hardhat-config: default.fuzz.runs = 40
    function testFuzz_takeUp_anyLie_volunteerLoses(uint32 step, uint32 write, uint32 element) public {
        _openLate(Lie(step % STEPS, write % WRITES, element % WORDS));
        _takeUp(PARENT, late, FALSE_FRIEND);
        _play();
        vm.warp(block.timestamp + EXTENSION_SECONDS);
        game.timeout(PARENT, late);
        _assertTrue(game.isStruck(taskId, 1, _trainer(0)), "struck");
        _assertEq(game.withdrawable(CHALLENGER), BOND_WEI + WON_WEI, "never out of pocket");
    }

    // --- when ---

    function test_takeUp_aSecondBeforeTheDeadline_reverts() public {
        _openLate(_honest());
        uint40 deadline = game.gameOf(PARENT).deadline;
        vm.warp(deadline - 1);
        _expectRefusal(abi.encodeWithSelector(INarrowingGame.DisputeGameNotLate.selector, PARENT, deadline));
    }

    function test_takeUp_inTheLastSecond_isPlayed() public {
        _openLate(_honest());
        vm.warp(game.gameOf(PARENT).deadline + EXTENSION_SECONDS - 1);
        vm.expectRevert(
            abi.encodeWithSelector(INarrowingGame.DisputeGameNotLate.selector, PARENT, block.timestamp + 1)
        );
        game.timeout(PARENT, late);
        _takeUp(PARENT, late, VOLUNTEER);
        _play();
        _assertTrue(!game.isStruck(taskId, 1, _trainer(0)), "stands");
    }

    function test_takeUp_atItsEnd_reverts() public {
        _openLate(_honest());
        uint40 end = game.gameOf(PARENT).deadline + EXTENSION_SECONDS;
        vm.warp(end);
        _expectRefusal(abi.encodeWithSelector(INarrowingGame.DisputeGameTooLate.selector, PARENT, end));
        vm.expectEmit(address(game));
        emit INarrowingGame.GameEnded(PARENT, Outcome.DefenderLate, CHALLENGER, 500 ether);
        game.timeout(PARENT, late);
    }

    /// @dev Nobody takes the place of a challenger.
    function test_takeUp_challengersTurn_reverts() public {
        _accept(_honest());
        _open();
        _playTo(Stage.Pick);
        late = position;
        vm.warp(game.gameOf(PARENT).deadline);
        _expectRefusal(abi.encodeWithSelector(INarrowingGame.DisputeGameNotVacant.selector, PARENT));
    }

    function test_takeUp_ofATakenUpGame_reverts() public {
        _openLate(_honest());
        _takeUp(PARENT, late, FALSE_FRIEND);
        vm.warp(game.gameOf(gameId).deadline);
        bytes memory data = abi.encodeCall(game.takeUp, (gameId, claim, _terms(), position));
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameNotVacant.selector, gameId));
        _send(VOLUNTEER, data);
    }

    // --- what it has to bring ---

    function test_takeUp_otherClaim_reverts() public {
        _openLate(_honest());
        Claim memory other = claim;
        other.seed = keccak256("another");
        bytes memory data = abi.encodeCall(game.takeUp, (PARENT, other, _terms(), late));
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameWrongClaim.selector, PARENT));
        _send(VOLUNTEER, data);
    }

    function test_takeUp_otherPosition_reverts() public {
        _openLate(_honest());
        late.stage = Stage.Pick;
        _expectRefusal(abi.encodeWithSelector(INarrowingGame.DisputeGameWrongPosition.selector, PARENT));
    }

    function test_takeUp_gameOver_reverts() public {
        _openLate(_honest());
        vm.warp(block.timestamp + EXTENSION_SECONDS);
        game.timeout(PARENT, late);
        _expectRefusal(abi.encodeWithSelector(INarrowingGame.DisputeGameNotOpen.selector, PARENT));
    }

    function test_takeUp_withoutABond_reverts() public {
        _openLate(_honest());
        bytes memory data = _takeUpCall();
        vm.prank(VOLUNTEER);
        token.approve(address(game), 0);
        vm.expectPartialRevert(IERC20Errors.ERC20InsufficientAllowance.selector);
        _send(VOLUNTEER, data);
    }

    // --- where it is moot ---

    function test_takeUp_updateStruck_reverts() public {
        _openLate(Lie(17, 1, 2));
        _open();
        _play();
        _expectRefusal(abi.encodeWithSelector(IDisputeGame.DisputeGameStruck.selector, taskId, 1, _trainer(0)));
    }

    /// @dev Another game strikes the update: whoever stood in for its trainer gets its bond back, and so does the challenger.
    function test_close_otherGameStruckIt_returnsTheVolunteersBond() public {
        _openLate(Lie(17, 1, 2));
        _takeUp(PARENT, late, VOLUNTEER);
        uint256 sisterId = gameId;
        vm.expectRevert(abi.encodeWithSelector(INarrowingGame.DisputeGameNotMoot.selector, sisterId));
        game.close(sisterId);
        _open();
        _play();
        vm.expectEmit(address(game));
        emit INarrowingGame.GameEnded(sisterId, Outcome.Moot, VOLUNTEER, 0);
        game.close(sisterId);
        game.close(PARENT);
        _assertEq(game.withdrawable(VOLUNTEER), BOND_WEI, "its bond");
        _assertEq(game.withdrawable(CHALLENGER), 2 * BOND_WEI, "both of its bonds");
        _assertEq(registry.bountyOf(CHALLENGER), 250 ether, "slashed once");
    }

    /// @dev One volunteer has won: the others' games are moot, whoever would have won them.
    function test_close_anotherVolunteerWon_returnsTheBond() public {
        _openLate(_honest());
        _takeUp(PARENT, late, FALSE_FRIEND);
        _takeUp(PARENT, late, VOLUNTEER);
        _play();
        game.close(2);
        _assertEq(game.withdrawable(FALSE_FRIEND), BOND_WEI, "its bond, and no other");
        _assertEq(game.withdrawable(CHALLENGER), 0, "lost");
        _assertEq(token.balanceOf(address(game)), 3 * BOND_WEI, "no more than was put in");
    }

    /// @dev As a move or the clock ends it, where nobody closes it.
    function test_timeout_anotherVolunteerWon_isMoot() public {
        _openLate(_honest());
        _takeUp(PARENT, late, FALSE_FRIEND);
        Position memory answer = position;
        _takeUp(PARENT, late, VOLUNTEER);
        _play();
        vm.warp(game.gameOf(2).deadline);
        vm.expectEmit(address(game));
        emit INarrowingGame.GameEnded(2, Outcome.Moot, FALSE_FRIEND, 0);
        game.timeout(2, answer);
    }

    // --- how long ---

    /// @dev All games together hold the round for the length of a game, the time to take it up, and a second game.
    function test_takeUp_manyGames_holdTheRoundForTwoGamesAtMost() public {
        _openLate(_honest());
        uint256 opened = game.gameOf(PARENT).deadline - CLOCK_SECONDS;
        vm.warp(block.timestamp + EXTENSION_SECONDS - 1);
        for (uint256 i = 0; i < 3; i++) _takeUp(PARENT, late, FALSE_FRIEND);
        Position memory answer = position;
        vm.warp(block.timestamp + CLOCK_SECONDS);
        vm.expectRevert(abi.encodeWithSelector(IDisputedRounds.FLContractDisputed.selector, taskId, 1, 1));
        fl.advance(taskId);
        for (uint256 id = 2; id < 5; id++) game.timeout(id, answer);
        game.timeout(PARENT, late);
        uint256 most = 2 * (2 * CLOCK_SECONDS + 52 * EXTENSION_SECONDS) + EXTENSION_SECONDS;
        _assertTrue(block.timestamp <= opened + most && most <= UNBONDING_SECONDS, "within the limit");
    }

    /// @dev INVARIANT: the contract holds the bonds of all open games and all that can be withdrawn.
    /// hardhat-config: default.fuzz.runs = 60
    function testFuzz_takeUp_anyCourse_holdsAllBonds(uint256 seed, bool lies) public {
        _openLate(lies ? Lie(17, 1, 2) : _honest());
        Position memory answer = _firstPosition();
        for (uint256 i = 0; i < 12; i++) {
            uint256 dice = uint256(keccak256(abi.encode(seed, i)));
            uint256 id = 1 + (dice >> 8) % game.gameCount();
            address player = [CHALLENGER, VOLUNTEER, FALSE_FRIEND, address(0)][(dice >> 16) % 4];
            if (dice % 4 == 0) vm.warp(block.timestamp + (dice >> 24) % CLOCK_SECONDS);
            bytes memory data = dice % 4 < 2 && player != address(0)
                ? _takeUpCall()
                : dice % 4 == 2
                    ? abi.encodeCall(game.close, (id))
                    : abi.encodeCall(game.timeout, (id, id == PARENT ? late : answer));
            vm.prank(player);
            (bool isDone,) = address(game).call(data);
            if (!isDone) continue;
            _assertSolvent();
        }
        gameId = game.gameCount();
        if (gameId > PARENT && !game.gameOf(gameId).isOver && block.timestamp < game.gameOf(gameId).deadline) {
            position = answer;
            points = new bytes32[](0);
            logs.getRecordedLogs();
            _play();
        }
        _assertSolvent();
    }

    function _assertSolvent() private view {
        uint256 owedWei = game.withdrawable(CHALLENGER) + game.withdrawable(VOLUNTEER) + game.withdrawable(FALSE_FRIEND);
        owedWei += game.withdrawable(_trainer(0)) + game.withdrawable(address(0));
        for (uint256 id = 1; id <= game.gameCount(); id++) if (!game.gameOf(id).isOver) owedWei += BOND_WEI;
        _assertEq(token.balanceOf(address(game)), owedWei, "bonds");
    }

    function _acceptAndOpen(Lie memory lie_) private {
        _accept(lie_);
        _open();
    }

    /// @dev A game whose defender says nothing from the first move on.
    function _openLate(Lie memory lie_) private {
        _acceptAndOpen(lie_);
        _beLate();
    }

    function _beLate() private {
        _waitForTheDefender();
        late = position;
    }

    /// @dev Where every game about the claim begins.
    function _firstPosition() private view returns (Position memory first) {
        (first.stage, first.level) = (Stage.Answer, late.level);
        (first.high, first.start) = (STEPS, claim.start);
    }

    function _takeUpCall() private view returns (bytes memory) {
        return abi.encodeCall(game.takeUp, (PARENT, claim, _terms(), late));
    }

    function _expectRefusal(bytes memory refusal) private {
        bytes memory data = _takeUpCall();
        vm.expectRevert(refusal);
        _send(VOLUNTEER, data);
    }

    /// @dev A challenger that picks any part, against a defender that answers from its run.
    function _moveAny(uint256 seed) private {
        _follow();
        uint256 number = uint256(keccak256(abi.encode(seed, moves)));
        if (position.stage == Stage.Pick) _send(CHALLENGER, _pickCall(number % (points.length + 1)));
        else if (position.stage == Stage.PickNode) _send(CHALLENGER, _pickNodeCall(number % points.length));
        else if (position.stage == Stage.PickElement) _send(CHALLENGER, _pickElementCall(32 * position.low + uint32(number % 32)));
        else _move();
    }
}
