// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title  UnbondingQueue
/// @notice Stake on its way out, first in first out, slashable until it is paid.
/// @dev    A ring of at most 16 entries, so that every walk over it is bounded.
///         Assumes: entries are pushed in order of `availableAt`.
library UnbondingQueue {
    /// @dev Most requests waiting at once. Unit: entries. Bounds a slash to 16 slots.
    uint8 internal constant MAX_ENTRIES = 16;

    struct Entry {
        uint112 amountWei;
        uint40 availableAt;
    }

    /// @dev INVARIANT: `totalWei` is the sum of the `length` entries from `head` on.
    struct Queue {
        uint112 totalWei;
        uint8 head;
        uint8 length;
        mapping(uint256 position => Entry) entries;
    }

    /// @notice So many requests are waiting that no other fits.
    error UnbondingQueueFull(uint8 maxEntries);

    /// @notice Adds an entry, or adds to the last one when it is due at the same time.
    function push(Queue storage self, uint112 amountWei, uint40 availableAt) internal {
        uint8 length = self.length;
        self.totalWei += amountWei;
        if (length > 0) {
            Entry storage last = self.entries[(self.head + length - 1) % MAX_ENTRIES];
            if (last.availableAt == availableAt) {
                last.amountWei += amountWei;
                return;
            }
        }
        require(length < MAX_ENTRIES, UnbondingQueueFull(MAX_ENTRIES));
        self.entries[(self.head + length) % MAX_ENTRIES] = Entry(amountWei, availableAt);
        self.length = length + 1;
    }

    /// @notice Removes the entries due at `nowSeconds`.
    /// @return amountWei What they held.
    function popMatured(Queue storage self, uint256 nowSeconds) internal returns (uint112 amountWei) {
        while (self.length > 0) {
            Entry storage entry = self.entries[self.head];
            if (entry.availableAt > nowSeconds) break;
            amountWei += entry.amountWei;
            self.head = (self.head + 1) % MAX_ENTRIES;
            self.length--;
        }
        self.totalWei -= amountWei;
    }

    /// @notice Takes up to `amountWei`, oldest entries first. An emptied entry keeps its place until all are empty.
    /// @dev    Else a ring of emptied entries would be full for ever: with nothing to pay, nobody pops it.
    /// @return takenWei `min(amountWei, totalWei)`.
    function take(Queue storage self, uint256 amountWei) internal returns (uint112 takenWei) {
        for (uint8 i = 0; i < self.length && takenWei < amountWei; i++) {
            Entry storage entry = self.entries[(self.head + i) % MAX_ENTRIES];
            uint256 missingWei = amountWei - takenWei;
            // A cast of the smaller of the two: it is at most the entry's own 112 bits.
            uint112 partWei = missingWei < entry.amountWei ? uint112(missingWei) : entry.amountWei;
            entry.amountWei -= partWei;
            takenWei += partWei;
        }
        self.totalWei -= takenWei;
        if (self.totalWei == 0) (self.head, self.length) = (0, 0);
    }
}
