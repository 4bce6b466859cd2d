// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Phase, RoundView} from "../../../contracts/types/Round.sol";
import {CairnTest} from "../support/CairnTest.sol";
import {FLContractPlay} from "./FLContractPlay.sol";

contract FLContractHandler is FLContractPlay {}

/// @dev One campaign for all properties: each costs little beside the calls between them, and each failure names its own.
contract FLContract_Invariant is CairnTest {
    /// @dev More than any round needs: nine phases, three of them twice. Unit: calls of `advance`.
    uint256 internal constant MAX_ADVANCES = 12;

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

    function invariant_books() public {
        _checkSolvency();
        _checkEachIsPaidOnce();
        _checkRegistry();
        uint32 last = _round(taskId);
        uint32 first = last > 2 ? last - 2 : 1; // afterInvariant looks at all of them
        for (uint32 round = first; round <= last; round++) _checkRound(round, last);
        _checkProgress();
    }

    /// @notice After a whole campaign every round that ever was still is what it was.
    function afterInvariant() public view {
        uint32 last = _round(taskId);
        for (uint32 round = 1; round <= last; round++) _checkRound(round, last);
    }

    /// @dev What the contract holds is the escrow and all that is claimable, to the wei.
    function _checkSolvency() private view {
        address[] memory nodes = handler.nodes();
        uint256 claimableWei;
        for (uint256 i = 0; i < nodes.length; i++) claimableWei += fl.claimable(taskId, nodes[i]);
        uint256 heldWei = token.balanceOf(address(fl));
        uint256 goneWei = handler.ghostClaimedWei() + handler.ghostSilenceWei();
        _assertEq(heldWei, handler.depositWei() - goneWei, "held == deposit - claimed - burned for silence");
        _assertEq(heldWei, fl.taskOf(taskId).escrowWei + claimableWei, "held == escrow + claimable");
    }

    /// @dev Every node was paid, or can claim, exactly what the books say it earned: no less, and nothing twice.
    function _checkEachIsPaidOnce() private view {
        address[] memory nodes = handler.nodes();
        for (uint256 i = 0; i < nodes.length; i++) {
            uint256 hadWei = handler.ghostPaidWei(nodes[i]) + fl.claimable(taskId, nodes[i]);
            _assertEq(hadWei, handler.ghostEarnedWei(nodes[i]), "paid + claimable == earned");
        }
    }

    /// @dev The registry holds all stakes, queues and bounties, to the wei.
    function _checkRegistry() private view {
        address[] memory nodes = handler.nodes();
        uint256 owedWei;
        for (uint256 i = 0; i < nodes.length; i++) {
            owedWei += registry.slashableOf(nodes[i]) + registry.bountyOf(nodes[i]);
        }
        _assertEq(token.balanceOf(address(registry)), owedWei, "held == stakes + queues + bounties");
        _assertEq(handler.lockedByRelay(), handler.ghostBondWei(), "locked == bonds of batches that are not settled");
    }

    /// @dev A round that is over never opens again. Paid is a subset of revealed, revealed of committed, and so on.
    function _checkRound(uint32 number, uint32 last) private view {
        RoundView memory round = fl.roundOf(taskId, number);
        Phase end = handler.ghostEnd(number);
        if (end != Phase.None) _assertEq(uint256(round.phase), uint256(end), "ended as noted");
        else _assertEq(number, last, "only the last round may be open");
        _assertEq(round.acceptedBitmap & ~round.revealedBitmap, 0, "accepted within revealed");
        _assertTrue(round.revealed <= round.committed, "revealed <= committed");
        _assertTrue(round.committed <= round.expected, "committed <= expected");
        _assertTrue(round.verdictsRevealed <= round.verdictsCommitted, "verdicts revealed <= committed");
        _assertTrue(round.verdictsCommitted <= round.seats, "verdicts committed <= seats");
    }

    /// @dev Wherever the round is, a stranger who only waits and advances brings it to an end. What an invariant does to
    ///      the chain is forgotten after it.
    function _checkProgress() private {
        uint256 advances;
        while (_isGoingOn()) {
            _assertTrue(advances++ < MAX_ADVANCES, "a round ends within so many advances");
            vm.warp(_view(taskId).deadline);
            vm.prank(STRANGER);
            fl.advance(taskId);
        }
    }

    function _isGoingOn() private view returns (bool) {
        Phase phase = _phase(taskId);
        return phase != Phase.None && phase != Phase.Final && phase != Phase.Failed;
    }
}
