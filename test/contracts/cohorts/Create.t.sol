// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICohorts} from "../../../contracts/interfaces/ICohorts.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {PublishedVersion} from "../../../contracts/types/Model.sol";
import {CohortsTest} from "./CohortsTest.sol";

/// @dev Whoever makes a group, and of what.
contract Cohorts_Create_Test is CohortsTest {
    function setUp() public {
        _deployGroup(0);
    }

    function test_createGroup_timesOutOfRange_reverts() public {
        uint256 modelId = _root();
        vm.startPrank(OWNER);
        vm.expectRevert(_outOfRange("gatherSeconds", 0, 1, 24 days));
        cohorts.createGroup(modelId, 0, MERGE_SECONDS);
        vm.expectRevert(_outOfRange("gatherSeconds", 24 days + 1, 1, 24 days));
        cohorts.createGroup(modelId, 24 days + 1, MERGE_SECONDS);
        vm.expectRevert(_outOfRange("mergeSeconds", 59, 60, 1 days));
        cohorts.createGroup(modelId, GATHER_SECONDS, 59);
        vm.expectRevert(_outOfRange("mergeSeconds", 1 days + 1, 60, 1 days));
        cohorts.createGroup(modelId, GATHER_SECONDS, 1 days + 1);
        _assertEq(cohorts.createGroup(modelId, 24 days, 60), 2, "the bounds themselves");
        vm.stopPrank();
    }

    function test_createGroup_notTheOwnerOrNoGateOrTaken_reverts() public {
        uint256 modelId = _root();
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsNotModelOwner.selector, modelId, STRANGER));
        vm.prank(STRANGER);
        cohorts.createGroup(modelId, GATHER_SECONDS, MERGE_SECONDS);
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsWrongGate.selector, 1, address(0), address(0)));
        cohorts.createGroup(1, GATHER_SECONDS, MERGE_SECONDS);
        vm.expectRevert(abi.encodeWithSelector(ICohorts.CohortsModelTaken.selector, ROOT));
        cohorts.createGroup(ROOT, GATHER_SECONDS, MERGE_SECONDS);
        vm.stopPrank();
    }

    function test_gateModel_byAnotherOrTwiceOrWithoutAMerger_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistryNotOwner.selector, 1, STRANGER));
        vm.prank(STRANGER);
        models.gateModel(1, STRANGER, STRANGER);
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistryNoMerger.selector, 1));
        models.gateModel(1, address(0), address(fl));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistryGated.selector, ROOT));
        models.gateModel(ROOT, OWNER, OWNER);
        vm.stopPrank();
    }

    function test_publishVersion_ownerOfAGatedModel_reverts() public {
        vm.startPrank(OWNER);
        models.setPublisher(ROOT, OWNER, true); // of no effect
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistryNotPublisher.selector, ROOT, OWNER));
        models.publishVersion(ROOT, PublishedVersion(WRONG, 1, 0, 0, 0, 0));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistryNotMerger.selector, ROOT, OWNER));
        models.openGate(ROOT);
        vm.stopPrank();
    }

    function test_membershipOf_tellsGroupsAndCohorts() public {
        _addCohort();
        (uint256 groupId, uint16 cohort) = cohorts.membershipOf(_branch(0));
        _assertEq(groupId, GROUP, "the cohort's group");
        _assertEq(cohort, 0, "its number");
        (groupId, cohort) = cohorts.membershipOf(ROOT);
        _assertEq(groupId, GROUP, "the group's own model");
        _assertEq(cohort, 1, "and the next number");
        (groupId,) = cohorts.membershipOf(1);
        _assertEq(groupId, 0, "a model in no group");
    }

    function _root() private returns (uint256 modelId) {
        vm.startPrank(OWNER);
        modelId = models.registerModel("another", bytes32(0), 10, BASE_DIGEST, BYTE_LENGTH, 0, 0);
        models.gateModel(modelId, address(cohorts), address(0));
        vm.stopPrank();
    }

    function _outOfRange(bytes32 name, uint256 actual, uint256 min, uint256 max) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICohorts.CohortsOutOfRange.selector, name, actual, min, max);
    }
}
