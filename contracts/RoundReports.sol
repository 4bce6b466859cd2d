// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFLContract} from "./interfaces/IFLContract.sol";
import {IRoundReports} from "./interfaces/IRoundReports.sol";
import {Phase} from "./types/Round.sol";

/// @title  RoundReports
/// @notice Digests of the reports that auditors make of final rounds.
/// @dev    A contract of its own: nothing depends on it, and the task contract has no room for it.
contract RoundReports is IRoundReports {
    IFLContract public immutable rounds;

    /// @inheritdoc IRoundReports
    mapping(uint256 taskId => mapping(uint32 round => mapping(address auditor => bool))) public hasFiled;

    constructor(IFLContract rounds_) {
        rounds = rounds_;
    }

    /// @inheritdoc IRoundReports
    function fileReport(uint256 taskId, uint32 round, bytes32 digest, uint32 byteLength) external {
        require(byteLength > 0, RoundReportsEmpty());
        require(!hasFiled[taskId][round][msg.sender], RoundReportsAlreadyFiled(taskId, round, msg.sender));
        Phase phase = rounds.roundOf(taskId, round).phase;
        require(phase == Phase.Final, RoundReportsNotFinal(taskId, round, phase));
        bool hasJudged = rounds.dutyOf(taskId, round, msg.sender).verdictRevealed;
        require(hasJudged, RoundReportsNoVerdict(taskId, round, msg.sender));

        hasFiled[taskId][round][msg.sender] = true;

        emit ReportFiled(taskId, round, msg.sender, digest, byteLength);
    }
}
