// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// What a dispute is about and what its moves carry; docs/disputes.md is the specification. Holds no rules.

/// @notice Whose turn it is and for what. The challenger moves in `Pick`, `PickNode`, `PickElement` and `Settle`, the
///         defender in the others.
enum Stage {
    /// The game was never opened.
    None,
    /// Entered by `open`. The defender shows where its run ended, and cuts it.
    Answer,
    /// Entered when points are posted. The challenger picks the first part whose end it disputes.
    Pick,
    /// Entered when the picked part is longer than one. The defender cuts it.
    Cut,
    /// Entered when one step is left. The defender cuts it into its writes.
    OpenStep,
    /// Entered when one write is left. The defender shows what it writes where.
    OpenWrite,
    /// Entered when the write is known, or a node of its slot's tree was picked. The defender shows what is below the node.
    OpenNode,
    /// Entered when nodes are shown. The challenger picks one that differs from its own.
    PickNode,
    /// Entered when one leaf is left. The defender shows its words.
    OpenLeaf,
    /// Entered when the words are known. The challenger picks a wrong one.
    PickElement,
    /// Entered when the element is known. The defender shows its word, and cuts the machine's run.
    OpenElement,
    /// Entered when one instruction is left. The challenger has the chain run it.
    Settle,
    /// Entered when the game ends. Nothing moves.
    Over
}

/// @notice What the ends of an interval are states of.
enum Level {
    None,
    /// The run; `docs/disputes.md`, section 2.
    Steps,
    /// A step's memory, between writes.
    Writes,
    /// The leaves of a slot's tree: `end` is the defender's node over those from `low` to before `high`, and there is no
    /// `start`.
    Slot,
    /// The machine that computes one element.
    Machine,
    /// The tree over the tensors' roots of an aggregate, as `Slot`: there is no `start`.
    Parameters
}

/// @notice How a game ended.
enum Outcome {
    None,
    /// The chain computed another state than the defender claims, and in a game about an aggregate nobody won in its place: the
    /// claim is false.
    Disproven,
    /// The chain computed the defender's state, or the element is right as shown: the challenge is lost.
    Upheld,
    /// The defender's time ran out, and nobody won in its place: the claim counts as false. A defender that has taken another's
    /// place loses its bond instead.
    DefenderLate,
    /// The challenger's time ran out: the challenge is lost.
    ChallengerLate,
    /// The update was struck by another game, or another one has won in the defender's place: nobody loses.
    Moot,
    /// The defender's time ran out, or it lost an aggregate, and somebody who took its place won: the challenge is lost.
    Defended
}

/// @notice What a task's programme is, for everybody to compute from the plan. `docs/disputes.md`, section 6.
struct Terms {
    uint32 steps;
    bytes32 programRoot;
    /// Writes of one step.
    uint32 writes;
    uint8 heightW;
    uint8 heightO;
    uint8 heightT;
    /// Roots of O and T where all slots are zero.
    bytes32 initialO;
    bytes32 initialT;
    bytes32 contextRoot;
    bytes32 streamsRoot;
    bytes32 shardsRoot;
    uint32 shards;
    /// What the data set's leaves begin with, where `hasPrefix`.
    bytes32 recordPrefix;
    bool hasPrefix;
}

/// @notice What is claimed, fixed when a game opens.
struct Claim {
    uint256 taskId;
    uint32 round;
    uint16 slot;
    address trainer;
    uint256 datasetId;
    /// SHA-256 of the root block of the update.
    bytes32 updateDigest;
    /// Unit: bytes.
    uint32 updateBytes;
    bytes32 traceRoot;
    /// Of the training.
    bytes32 seed;
    /// The state before the first step.
    bytes32 start;
    /// Hash of the task's {Terms}.
    bytes32 terms;
}

/// @notice Where a game is. The contract keeps its hash; whoever moves brings it along, as the last event showed it.
struct Position {
    Stage stage;
    Level level;
    /// The interval: both sides agree on the state at `low`, and differ on the one at `high`.
    uint32 low;
    uint32 high;
    bytes32 start;
    bytes32 end;
    /// Hash of the points that cut the interval, in `Pick`, of the nodes in `PickNode`, of the words in `PickElement`; else 0.
    bytes32 cut;
    /// The step that is left, from `OpenStep` on.
    uint32 step;
    /// Root of the memory before the write that is left, from `OpenNode` or `OpenLeaf` on.
    bytes32 memoryRoot;
    /// Root of the slot after that write.
    bytes32 slotRoot;
    /// The slot's words.
    uint32 length;
    uint32 element;
    bytes32 codeRoot;
    uint8 codeHeight;
}

/// @notice One slot that an operation writes. `docs/disputes.md`, section 3.
struct Write {
    uint32 path;
    uint8 depth;
    /// Unit: words.
    uint32 length;
    bytes32 codeRoot;
    uint8 codeHeight;
}

/// @notice That a write is the program's and changes nothing but its slot, and what comes first of the slot's tree.
struct WriteProof {
    /// Of the slot, before and after.
    bytes32[2] slotRoots;
    /// From the write to the program's root.
    bytes32[] programPath;
    /// From the slot to the memory's root, before and after.
    bytes32[] memoryPath;
    /// As for {INarrowingGame-openNode}; for {INarrowingGame-openLeaf} where the slot has one leaf.
    bytes32[] shown;
}

/// @notice The machine's state: r0 to r7 in `low`, r8 to r15 in `high`, 32 bits each, from the most significant.
struct MachineState {
    uint32 pc;
    uint256 low;
    uint256 high;
}

/// @notice An instruction's word with its path under the code's root; empty where `pc` is beyond the code.
struct Instruction {
    uint256 word;
    bytes32[] path;
}

/// @notice When the machine runs: what it can read depends on it.
struct Moment {
    /// Root of the memory before the write that it computes.
    bytes32 memoryRoot;
    uint32 step;
}

/// @notice What one instruction reads, and how it is proven. See DisputeReads for what each instruction needs.
struct Reading {
    bytes data;
    bytes32[] path;
    bytes32[] innerPath;
}

/// @notice The end of a file of parameters, from the block of 64 bytes on that holds the first byte of its last 32.
struct FileTail {
    /// SHA-256's state before that block.
    bytes32 midstate;
    bytes tail;
    /// The root block of a file longer than 1 MiB, whose last chunk `tail` ends; else empty.
    bytes rootBlock;
}

/// @notice Where the defender's run ended.
struct RunEnd {
    /// Leaves of the trace; the end is the last.
    uint64 leaves;
    bytes32[] path;
    /// Root of the optimiser's state.
    bytes32 optimiserRoot;
    /// Of the update's file, which holds the parameters' root.
    FileTail file;
}

/// @notice What the defender shows of an element.
struct ElementView {
    /// The 32 words of the slot that the element is among, after the write.
    bytes32[4] leaf;
    bytes32[] path;
    /// How many steps the machine takes.
    uint32 steps;
    MachineState last;
    /// At which the machine stands still.
    Instruction halt;
}

/// @notice A game as the contract keeps it.
struct GameView {
    address challenger;
    address defender;
    uint256 taskId;
    uint32 round;
    uint8 slot;
    /// When the side to move loses. Unit: unix seconds.
    uint40 deadline;
    /// What was left of each clock when the turn began. Unit: seconds.
    uint40 challengerSeconds;
    uint40 defenderSeconds;
    bool isOver;
    bytes32 claimHash;
    bytes32 positionHash;
    /// The game whose defender this one's stands in for; 0 for none.
    uint256 parentId;
    /// Games that are open in this one's place.
    uint256 openSisters;
}

/// @notice What the challenger shows of the one instruction that is left.
struct LastStep {
    /// The machine before it.
    MachineState state;
    Instruction instruction;
    Reading reading;
}

/// @notice What the round knows of an update that is disputed.
struct DisputedUpdate {
    uint32 round;
    /// The trainer's, and its update's bit in the bitmaps.
    uint8 slot;
    bytes32 roundSeed;
    uint256 modelId;
    /// The version that the round trains.
    uint64 baseVersion;
    uint256 datasetId;
}

/// @notice What the end of a game means for the update or the aggregate.
enum Ruling {
    None,
    /// It stands.
    Upheld,
    /// It is struck, and its trainer is slashed.
    False,
    /// The aggregate stands.
    AggregateUpheld,
    /// It is refuted, and its proposer is slashed.
    AggregateFalse
}

/// @notice What one deployment fixes for all games.
struct DisputeLimits {
    /// What each side has for all of its moves. Unit: seconds.
    uint40 clockSeconds;
    /// What each side has for a move at least, its clock aside; and everybody, to take the place of a defender that is late.
    /// Unit: seconds.
    uint40 extensionSeconds;
    /// What a challenger puts up, and who takes a defender's place: at least what a game costs the other side at most.
    /// Unit: wei of CAIRN.
    uint256 bondWei;
}
