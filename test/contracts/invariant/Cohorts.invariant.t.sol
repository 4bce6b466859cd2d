// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Cohorts} from "../../../contracts/Cohorts.sol";
import {FLContract} from "../../../contracts/FLContract.sol";
import {ModelRegistry} from "../../../contracts/ModelRegistry.sol";
import {CohortView, GroupView} from "../../../contracts/types/Cohort.sol";
import {Phase} from "../../../contracts/types/Round.sol";
import {CohortsTest} from "../cohorts/CohortsTest.sol";

/// @dev Three cohorts over real rounds, in any order. The committee of cohort 0 is bribed: it attests a wrong merge.
contract CohortsHandler is CohortsTest {
    uint16 public constant COHORTS = 3;
    /// @dev What is due, advanced so often, has to open every gate: the rest of a stage, the next stage, and what they leave.
    uint256 private constant MAX_RESCUE_STEPS = 3;

    /// @dev The cohort's last version waits for a merge.
    mapping(uint16 cohort => bool) public ghostWaits;
    mapping(uint16 cohort => address[]) private members;
    /// @dev What may stand in the group's model, by epoch: the right merge, or an only cohort's own version.
    mapping(uint32 epoch => bytes32) private onlyDigest;
    mapping(uint32 epoch => uint256) private enteredIn;

    constructor() {
        _deployGroup(COHORTS);
    }

    function playRound(uint16 cohort, bool fails) external {
        cohort %= COHORTS;
        if (!_open(cohort)) return;
        if (fails) return _finish(_task(cohort));
        _end(cohort);
    }

    function openRound(uint16 cohort) external {
        _open(cohort % COHORTS);
    }

    function endRound(uint16 cohort) external {
        cohort %= COHORTS;
        if (_phaseOf(cohort) != Phase.Commit) return;
        if (block.timestamp >= _view(_task(cohort)).deadline) fl.advance(_task(cohort));
        else _end(cohort);
    }

    function enter(uint16 cohort) external {
        _tryEnter(cohort % COHORTS);
    }

    function attest(uint16 cohort, uint8 seat) external {
        cohort %= COHORTS;
        if (members[cohort].length == 0) return;
        vm.prank(members[cohort][seat % members[cohort].length]);
        try cohorts.attestMerge(GROUP, cohort, cohort == 0 ? WRONG : MERGED, BYTE_LENGTH) {} catch {} // twice, or not now
    }

    function advance() external {
        try cohorts.advanceGroup(GROUP) {} catch {} // not due
    }

    function adopt(uint16 cohort) external {
        _tryAdopt(cohort % COHORTS);
    }

    function retire(uint16 cohort) external {
        try cohorts.retireCohort(GROUP, cohort % COHORTS) {} catch {} // not over
    }

    function wait(uint16 durationSeconds) external {
        vm.warp(block.timestamp + durationSeconds % 400);
    }

    /// @dev Strangers alone, whatever went before, let every cohort go on.
    function rescue() external {
        for (uint256 step = 0; step < MAX_RESCUE_STEPS; step++) {
            uint40 deadline = _group().deadline;
            if (deadline > block.timestamp) vm.warp(deadline);
            if (deadline != 0) cohorts.advanceGroup(GROUP);
            for (uint16 i = 0; i < COHORTS; i++) {
                if (!ghostWaits[i]) continue;
                _tryEnter(i);
                _tryAdopt(i);
            }
        }
        for (uint16 i = 0; i < COHORTS; i++) _assertTrue(_mayOpen(i), "there is always some way forward");
    }

    function system() external view returns (ModelRegistry, FLContract, Cohorts) {
        return (models, fl, cohorts);
    }

    /// @return Whether a version of the group's model with this digest may come of the epoch.
    function isRight(uint32 epoch, bytes32 digest) external view returns (bool) {
        if (enteredIn[epoch] == 1) return digest == onlyDigest[epoch];
        return digest == MERGED;
    }

    function _taskRounds() internal pure override returns (uint32) {
        return 12;
    }

    function _open(uint16 cohort) private returns (bool) {
        uint256 taskId = _task(cohort);
        Phase phase = _phaseOf(cohort);
        bool isBetween = phase == Phase.None || phase == Phase.Final || phase == Phase.Failed;
        if (!isBetween || _round(taskId) == _taskRounds()) return false;
        try fl.openRound(taskId) {
            _assertTrue(!ghostWaits[cohort], "no round opens between a version and its merge");
        } catch {
            _assertTrue(ghostWaits[cohort], "nothing else keeps a round from opening");
            return false;
        }
        CohortView memory it = _cohort(cohort);
        GroupView memory group = _group();
        if (it.baseEpoch == group.epoch - 1 && group.mergedEpoch == it.baseEpoch && it.baseEpoch > 0) {
            _assertEq(_latestDigest(_branch(cohort)), _latestDigest(ROOT), "trains from the merged version");
        }
        return true;
    }

    function _end(uint16 cohort) private {
        members[cohort] = _playOpened(cohort);
        ghostWaits[cohort] = true;
    }

    function _tryEnter(uint16 cohort) private {
        uint32 epoch = _group().epoch;
        try cohorts.enterCohort(GROUP, cohort) {
            enteredIn[epoch]++;
            onlyDigest[epoch] = models.versionOf(_branch(cohort), _cohort(cohort).version).weightsDigest;
        } catch {} // nothing to enter, or not now
    }

    function _tryAdopt(uint16 cohort) private {
        try cohorts.adoptMerge(GROUP, cohort) {
            ghostWaits[cohort] = false;
        } catch {} // nothing to adopt
    }

    function _phaseOf(uint16 cohort) private view returns (Phase) {
        return _phase(_task(cohort));
    }
}

contract Cohorts_Invariant is CohortsTest {
    CohortsHandler internal handler;

    function setUp() public {
        handler = new CohortsHandler();
        (models, fl, cohorts) = handler.system();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @notice A cohort's gate is closed from the version of its round to the merge that it adopts, and at no other time.
    function invariant_gate() public view {
        for (uint16 i = 0; i < handler.COHORTS(); i++) {
            _assertTrue(models.gateOf(_branch(i)).closed == handler.ghostWaits(i), "closed while a version waits");
        }
    }

    /// @notice One bribed cohort of three gets nothing into the group's model, and no epoch is merged twice.
    function invariant_merges() public view {
        uint64 latest = models.latestVersion(ROOT);
        uint32 before;
        for (uint64 version = 1; version <= latest; version++) {
            (uint32 epoch, bytes32 digest) =
                (models.versionOf(ROOT, version).round, models.versionOf(ROOT, version).weightsDigest);
            _assertTrue(epoch > before, "one version an epoch, in order");
            _assertTrue(handler.isRight(epoch, digest), "made of what entered");
            before = epoch;
        }
        _assertEq(_group().mergedEpoch, before, "the last one");
    }

    /// @notice Those who are waited for are those that have not retired.
    function invariant_active() public view {
        uint256 active;
        for (uint16 i = 0; i < handler.COHORTS(); i++) if (!_cohort(i).retired) active++;
        GroupView memory group = _group();
        _assertEq(group.active, active, "active");
        _assertTrue(group.entered <= active, "entered <= active");
        _assertTrue(group.agreeing <= group.entered, "agreeing <= entered");
    }
}
