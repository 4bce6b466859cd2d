// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bitmap} from "../../../contracts/libraries/Bitmap.sol";
import {SlotCounters} from "../../../contracts/libraries/SlotCounters.sol";
import {VerdictTally} from "../../../contracts/libraries/VerdictTally.sol";
import {VmTest} from "../support/Vm.sol";

/// @dev Everything that works on 256 bits at once, against counting them one by one.
contract Bits_Test is VmTest {
    using Bitmap for uint256;
    using SlotCounters for SlotCounters.Counters;

    /// @dev The most seats that a redraw can have.
    uint256 internal constant MAX_SEATS = 64;

    SlotCounters.Counters internal counters;

    function testFuzz_tally_anyVerdicts_agreesWithCounting(uint256 seed, uint256 seats, uint256 quorum) public pure {
        seats = _bound(seats, 1, MAX_SEATS);
        quorum = _bound(quorum, 1, seats);
        uint256[] memory verdicts = new uint256[](seats);
        for (uint256 s = 0; s < seats; s++) {
            verdicts[s] = uint256(keccak256(abi.encode(seed, s)));
        }
        uint256 expected;
        for (uint256 i = 0; i < 256; i++) {
            uint256 votes;
            for (uint256 s = 0; s < seats; s++) {
                votes += (verdicts[s] >> i) & 1;
            }
            if (votes >= quorum) expected |= 1 << i;
        }
        _assertEq(VerdictTally.tally(verdicts, quorum), expected, "accepted");
    }

    function test_tally_allSeatsForAll_acceptsAll() public pure {
        uint256[] memory verdicts = new uint256[](MAX_SEATS);
        for (uint256 s = 0; s < MAX_SEATS; s++) {
            verdicts[s] = type(uint256).max;
        }
        _assertEq(VerdictTally.tally(verdicts, MAX_SEATS), type(uint256).max, "unanimous");
        verdicts[MAX_SEATS - 1] = type(uint256).max - 1;
        _assertEq(VerdictTally.tally(verdicts, MAX_SEATS), type(uint256).max - 1, "one vote short for update 0");
        _assertEq(VerdictTally.tally(new uint256[](3), 1), 0, "nobody for any");
    }

    function testFuzz_count_anyBitmap_agreesWithCounting(uint256 bitmap) public pure {
        uint256 expected;
        for (uint256 i = 0; i < 256; i++) {
            expected += (bitmap >> i) & 1;
        }
        _assertEq(bitmap.count(), expected, "count");
    }

    function test_count_fullAndEmpty_isExact() public pure {
        _assertEq(type(uint256).max.count(), 256, "all bits");
        _assertEq(uint256(0).count(), 0, "no bit");
    }

    function testFuzz_lowestFree_notFull_isTheSmallestClearBit(uint256 bitmap, uint8 length) public pure {
        bitmap |= (1 << length) - 1; // a run of taken places at the start
        bitmap &= type(uint256).max >> 1; // at least one is free
        uint8 free = bitmap.lowestFree();
        _assertTrue(!bitmap.has(free), "free");
        _assertEq(bitmap & ((1 << free) - 1), (1 << free) - 1, "all below are taken");
        _assertTrue(bitmap.add(free).has(free), "add");
        _assertEq(bitmap.add(free).remove(free), bitmap, "remove");
    }

    function test_lowestFree_full_reverts() public {
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x11));
        this.lowestFree(type(uint256).max);
    }

    function testFuzz_increment_anyRounds_countsEachSlot(uint256 seed, uint8 rounds) public {
        rounds = uint8(_bound(rounds, 1, 20));
        for (uint256 slot = 0; slot < 256; slot += 16) {
            counters.open(uint8(slot));
        }
        uint16[256] memory expected;
        for (uint256 r = 0; r < rounds; r++) {
            uint256 bitmap = uint256(keccak256(abi.encode(seed, r)));
            counters.increment(bitmap);
            for (uint256 slot = 0; slot < 256; slot++) {
                if ((bitmap >> slot) & 1 == 1) expected[slot]++;
            }
        }
        for (uint256 slot = 0; slot < 256; slot++) {
            _assertEq(counters.get(uint8(slot)), 1 + expected[slot], "counter, which starts at 1");
        }
    }

    function lowestFree(uint256 bitmap) external pure returns (uint8) {
        return bitmap.lowestFree();
    }
}
