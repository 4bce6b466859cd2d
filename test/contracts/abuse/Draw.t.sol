// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Committee} from "../../../contracts/libraries/Committee.sol";
import {Phase} from "../../../contracts/types/Round.sol";
import {TaskParameters} from "../../../contracts/types/Task.sol";
import {CairnTest} from "../support/CairnTest.sol";

/// @dev Cases 25 and 38, H2: the largest draw there can be, in which most of the stake trains in the round itself.
contract Abuse_Draw_Test is CairnTest {
    uint256 internal constant MANY = 256;
    uint256 internal constant SEATABLE = 64;

    /// @dev What a transaction may use (EIP-7825) is 16,777,216. Slots are warm here, since the test touched them: cold
    ///      ones are at most 2,100 more for each of some 900 read, which is below two million. Unit: gas.
    uint256 internal constant MAX_DRAW_GAS = 10_000_000;

    function test_drawCommittee_redrawAmong256TrainersWhoAudit_staysFarBelowTheCap() public {
        _deploy();
        for (uint256 i = 0; i < MANY; i++) _enlist(_trainerKey(i), 3);
        for (uint256 i = 0; i < SEATABLE; i++) _enlist(_auditorKey(i), 2);
        vm.warp(block.timestamp + EPOCH_SECONDS);
        TaskParameters memory p = _parameters();
        (p.maxTrainers, p.committeeSize, p.quorum, p.rounds) = (uint16(MANY), 24, 13, 1);
        uint256 taskId = _createTask(p);
        for (uint256 i = 0; i < MANY; i++) {
            vm.prank(_trainer(i));
            fl.join(taskId);
        }
        fl.openRound(taskId);
        _train(taskId, MANY);
        _draw(taskId);
        vm.warp(_view(taskId).deadline);
        fl.advance(taskId); // the first committee is dismissed, or there was none
        if (_phase(taskId) != Phase.Draw) return;
        bytes memory header = _seedHeader(taskId);
        uint256 before = gasleft();
        fl.drawCommittee(taskId, header);
        uint256 used = before - gasleft();
        vm.snapshotValue("FLContract.drawCommittee (redraw of 48, 256 trainers audit too)", used);
        _assertTrue(used <= MAX_DRAW_GAS, "far below the cap of a transaction");
        address[] memory members = fl.committeeOf(taskId, 1);
        for (uint256 s = 0; s < members.length; s++) {
            for (uint256 i = 0; i < MANY; i++) _assertTrue(members[s] != _trainer(i), "nobody judges its own round");
        }
        _assertTrue(Committee.MAX_DRAWS >= 2 * 48, "draws for twice the largest committee");
    }
}
