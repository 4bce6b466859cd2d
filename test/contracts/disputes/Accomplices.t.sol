// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {INarrowingGame} from "../../../contracts/interfaces/INarrowingGame.sol";
import {Stage} from "../../../contracts/types/Dispute.sol";
import {DisputePlay} from "./DisputePlay.sol";

/// @dev Games between accounts of one owner, which hold a round and decide nothing: each costs half a bond.
contract Accomplices_Test is DisputePlay {
    function setUp() public {
        _deployGame();
    }

    /// @dev Case F10. A trainer and its friend play each other for time: whoever of them wins, half of a bond is gone.
    function test_timeout_accomplicesPlayForTime_costsHalfABond() public {
        _accept(_honest());
        uint256 supplyWei = token.totalSupply();
        _open();
        _playTo(Stage.Pick);
        vm.warp(game.gameOf(gameId).deadline); // the friend lets its clock run out
        game.timeout(gameId, position);
        _assertEq(game.withdrawable(_trainer(0)), WON_WEI, "what the pair has left");
        _assertEq(game.withdrawable(CHALLENGER), 0, "of its bond");
        vm.expectEmit(address(game));
        emit INarrowingGame.BondsWithdrawn(address(0), BOND_WEI - WON_WEI);
        vm.prank(_trainer(0));
        game.withdraw();
        _assertEq(token.totalSupply(), supplyWei - (BOND_WEI - WON_WEI), "the rest is burned");
        _assertEq(token.balanceOf(address(game)), 0, "and not the contract's");
        _assertEq(game.withdrawable(address(0)), 0, "once");
    }

    /// @dev Case F10. A trainer that challenges itself gets no bond back either.
    function test_timeout_trainerChallengesItself_costsHalfABond() public {
        _accept(_honest());
        vm.prank(CHALLENGER);
        token.transfer(_trainer(0), BOND_WEI);
        vm.prank(_trainer(0));
        token.approve(address(game), BOND_WEI);
        logs.recordLogs();
        gameId = 1;
        _send(_trainer(0), _openCall());
        _playTo(Stage.Pick);
        vm.warp(game.gameOf(gameId).deadline);
        game.timeout(gameId, position);
        _assertEq(game.withdrawable(_trainer(0)), WON_WEI, "half");
    }
}
