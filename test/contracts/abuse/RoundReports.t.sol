// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RoundReports} from "../../../contracts/RoundReports.sol";
import {IRoundReports} from "../../../contracts/interfaces/IRoundReports.sol";
import {Phase} from "../../../contracts/types/Round.sol";
import {CairnTest} from "../support/CairnTest.sol";

/// @dev Cases O1 to O4: what somebody may file of a round that it should not, and what an auditor may.
contract Abuse_RoundReports_Test is CairnTest {
    uint32 private constant ROUND = 1;
    bytes32 private constant REPORT = keccak256("report");
    bytes32 private constant OTHER = keccak256("other");
    uint32 private constant REPORT_BYTES = 777;

    RoundReports private reports;
    uint256 private taskId;
    address[] private members;

    function setUp() public {
        _deploy();
        reports = new RoundReports(fl);
        _enlistAll();
        taskId = _openRound(2);
    }

    function _file(address auditor, bytes32 digest) private {
        vm.prank(auditor);
        reports.fileReport(taskId, ROUND, digest, REPORT_BYTES);
    }

    function test_fileReport_everyMemberThatJudged_isRecordedOnce() public {
        members = _runRound(taskId, 2, 3);
        for (uint256 i = 0; i < members.length; i++) {
            _assertTrue(!reports.hasFiled(taskId, ROUND, members[i]), "not yet");
            vm.expectEmit(address(reports));
            emit IRoundReports.ReportFiled(taskId, ROUND, members[i], i == 0 ? OTHER : REPORT, REPORT_BYTES);
            _file(members[i], i == 0 ? OTHER : REPORT);
            _assertTrue(reports.hasFiled(taskId, ROUND, members[i]), "filed");
        }
    }

    function test_fileReport_ofARoundLongAgo_isTaken() public {
        members = _runRound(taskId, 2, 3);
        fl.openRound(taskId);
        _file(members[0], REPORT);
        _assertTrue(reports.hasFiled(taskId, ROUND, members[0]), "filed");
        _assertTrue(!reports.hasFiled(taskId, 2, members[0]), "of that round alone");
    }

    /// @dev O1.
    function test_fileReport_notAMember_reverts() public {
        members = _runRound(taskId, 2, 3);
        _expectNoVerdict(STRANGER);
        _expectNoVerdict(_trainer(0));
    }

    /// @dev O1: holds a seat, and left it.
    function test_fileReport_silentMember_reverts() public {
        _train(taskId, 2);
        members = _draw(taskId);
        for (uint256 i = 0; i < 2; i++) _commitVerdict(taskId, members[i], 3);
        vm.warp(_view(taskId).deadline);
        fl.advance(taskId);
        for (uint256 i = 0; i < 2; i++) _revealVerdict(taskId, members[i], 3);
        _agree(taskId, members);
        _finish(taskId);
        _expectNoVerdict(members[2]);
        _file(members[0], REPORT);
    }

    /// @dev O2.
    function test_fileReport_twice_reverts() public {
        members = _runRound(taskId, 2, 3);
        _file(members[0], REPORT);
        vm.prank(members[0]);
        vm.expectRevert(
            abi.encodeWithSelector(IRoundReports.RoundReportsAlreadyFiled.selector, taskId, ROUND, members[0])
        );
        reports.fileReport(taskId, ROUND, OTHER, REPORT_BYTES);
    }

    /// @dev O3: while the updates can still be disputed.
    function test_fileReport_roundNotOver_reverts() public {
        _train(taskId, 2);
        members = _draw(taskId);
        _audit(taskId, members, 3);
        _agree(taskId, members);
        _assertPhase(taskId, Phase.Challenge, "disputes are open");
        _expectNotFinal(taskId, ROUND, members[0], Phase.Challenge);
        _finish(taskId);
        _file(members[0], REPORT);
    }

    /// @dev O3.
    function test_fileReport_failedRound_reverts() public {
        _train(taskId, 2);
        members = _draw(taskId);
        _audit(taskId, members, 0);
        _assertPhase(taskId, Phase.Failed, "all refused");
        _expectNotFinal(taskId, ROUND, members[0], Phase.Failed);
    }

    /// @dev O4.
    function test_fileReport_unknownTaskOrRound_reverts() public {
        members = _runRound(taskId, 2, 3);
        _expectNotFinal(taskId + 1, ROUND, members[0], Phase.None);
        _expectNotFinal(taskId, ROUND + 1, members[0], Phase.None);
        _expectNotFinal(taskId, 0, members[0], Phase.None);
    }

    function test_fileReport_empty_reverts() public {
        members = _runRound(taskId, 2, 3);
        vm.prank(members[0]);
        vm.expectRevert(abi.encodeWithSelector(IRoundReports.RoundReportsEmpty.selector));
        reports.fileReport(taskId, ROUND, REPORT, 0);
    }

    function _expectNoVerdict(address account) private {
        vm.prank(account);
        vm.expectRevert(abi.encodeWithSelector(IRoundReports.RoundReportsNoVerdict.selector, taskId, ROUND, account));
        reports.fileReport(taskId, ROUND, REPORT, REPORT_BYTES);
    }

    function _expectNotFinal(uint256 task, uint32 round, address account, Phase actual) private {
        vm.prank(account);
        vm.expectRevert(abi.encodeWithSelector(IRoundReports.RoundReportsNotFinal.selector, task, round, actual));
        reports.fileReport(task, round, REPORT, REPORT_BYTES);
    }
}
