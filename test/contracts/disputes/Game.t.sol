// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Outcome, Stage} from "../../../contracts/types/Dispute.sol";
import {Phase} from "../../../contracts/types/Round.sol";
import {DisputePlay} from "./DisputePlay.sol";

/// @dev Whole games: whoever is honest wins, wherever the lie is.
contract DisputeGame_Play_Test is DisputePlay {
    function setUp() public {
        _deployGame();
    }

    function test_settle_lieInALoop_strikesAndSlashes() public {
        _accept(Lie(17, 1, 2));
        uint256 stakeWei = registry.stakeOf(_trainer(0));
        _open();
        _play();
        _assertEq(registry.stakeOf(_trainer(0)), stakeWei - 500 ether, "slashed the task's minimum stake");
        _assertEq(registry.bountyOf(CHALLENGER), 250 ether, "half to the challenger");
        _assertEq(game.withdrawable(CHALLENGER), BOND_WEI, "bond back");
        _assertPhase(taskId, Phase.Draw, "a second committee");
        _assertEq(_view(taskId).acceptedBitmap, 2, "struck");
        _assertTrue(moves <= 20, "at most 20 moves");
        _assertTrue(gasOf[0] < 1_500_000 && gasOf[1] < 1_500_000, "gas of a side");
        vm.snapshotValue("dispute: challenger", gasOf[0]);
        vm.snapshotValue("dispute: defender", gasOf[1]);
        vm.snapshotValue("dispute: settle, disproven", leafGas);
        vm.snapshotValue("dispute: moves", moves);
    }

    function test_settle_honestTrainer_getsTheBond() public {
        _accept(_honest());
        _open();
        while (!game.gameOf(gameId).isOver) _moveJunk(7, 2);
        _assertEq(game.withdrawable(address(0)), BOND_WEI - WON_WEI, "half is nobody's");
        _assertEq(game.withdrawable(_trainer(0)), WON_WEI, "half the bond won");
        _assertTrue(leafGas < 150_000, "gas of the last move");
        vm.snapshotValue("dispute: settle, upheld", leafGas);
        _assertPhase(taskId, Phase.Challenge, "held");
        _finish(taskId);
        _assertPhase(taskId, Phase.Final, "moves on");
        _assertEq(_view(taskId).acceptedBitmap, 3, "stands");
    }

    /// hardhat-config: default.fuzz.runs = 150
    function testFuzz_settle_anyLie_challengerWins(uint32 step, uint32 write, uint32 element) public {
        _accept(Lie(step % STEPS, write % WRITES, element % WORDS));
        _open();
        _play();
        _assertTrue(game.isStruck(taskId, 1, _trainer(0)), "struck");
        _assertEq(game.withdrawable(CHALLENGER), BOND_WEI, "never out of pocket");
    }

    /// hardhat-config: default.fuzz.runs = 150
    function testFuzz_settle_anyChallenge_honestTrainerWins(uint256 seed) public {
        _accept(_honest());
        _open();
        while (!game.gameOf(gameId).isOver) _moveJunk(seed, uint32(seed % 32));
        _assertTrue(!game.isStruck(taskId, 1, _trainer(0)), "stands");
        _assertEq(game.withdrawable(_trainer(0)), WON_WEI, "half the bond won");
    }

    /// @dev A challenger that picks any part, and this element.
    function _moveJunk(uint256 seed, uint32 element) private {
        _follow();
        uint256 number = uint256(keccak256(abi.encode(seed, moves)));
        if (position.stage == Stage.Pick) _send(CHALLENGER, _pickCall(number % (points.length + 1)));
        else if (position.stage == Stage.PickNode) _send(CHALLENGER, _pickNodeCall(number % points.length));
        else if (position.stage == Stage.PickElement) _send(CHALLENGER, _pickElementCall(32 * position.low + element % 32));
        else _move();
    }
}
