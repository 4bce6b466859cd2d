// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CanonicalTree} from "../../../contracts/disputes/CanonicalTree.sol";
import {MerklePaths} from "../../../contracts/disputes/MerklePaths.sol";
import {Sha256Tail} from "../../../contracts/disputes/Sha256Tail.sol";
import {FileTail} from "../../../contracts/types/Dispute.sol";
import {VmTest} from "../support/Vm.sol";
import {DisputeHarness} from "./DisputeHarness.sol";

/// @dev What is proven against roots and digests. Expected values are those of trainer/src/protocol/merkle.ts and of Node.js.
contract DisputeProofs_Test is VmTest {
    DisputeHarness internal proofs = new DisputeHarness();

    function test_lastWord_oneOrTwoBlocks_isTheFilesEnd() public view {
        _check(32, 0x6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19, 0x70b25e78a713fbc17ba3f5e9b25c16200202a776ddb67fffb745d54b9eee7f29);
        _check(55, 0x6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19, 0x81afe5b788dc2ce138ff83d9b20164db75a94d75d2b2432eea4a0ef605088c72);
        _check(87, 0x6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19, 0xcd1ae968e11fc6dbcc41e5c73c6e70bb3579c26c01659120a5e2a5c0580b714e);
        _check(96, 0x53bd27a3429d786226f6544f94ccafa0778dfb509a1bd658bab9284f5afec57f, 0x4a0a38136b3943c61ee669e795f1b90c71dc76d50edfdd94254a4308fd55bae6);
        _check(119, 0x89a9234e2a56f6d33ff625bd3570da4adaa96ce7d25f95f77c59e4c6c4baff04, 0x6c87eedf096b345de205b702e5223b73b447a3207791ded3ea007ba15ed6736e);
        _check(160, 0x47236662e08f8bcadd13ac8e7967ee6420943459ddbe7ab120e999ba9ed31d1a, 0xc7cb16bc7ab0a7870306f5d99c460dc12055de572e36a44af27f78fe25a70d8c);
        _check(200, 0x4fd07ddefc20e5d2096646f1fee0235c382172249ef87e82a7bf926bc67d012f, 0x8e3f3819b4f1b1f71c011c6b854c43601f132c3c88b8982b20733d2b1695c593);
    }

    /// @dev A file that begins where its tail does has the standard's initial state, whatever is given.
    function testFuzz_lastWord_shortFile_hashesAsTheChainDoes(bytes32 a, bytes32 b, uint256 length) public view {
        length = _bound(length, 32, 63);
        bytes memory file = bytes.concat(a, new bytes(length - 32));
        for (uint256 i = 32; i < length; i++) file[i] = b[i - 32];
        bytes32 last = proofs.lastWord(sha256(file), length, FileTail(a, file, ""));
        _assertEq(sha256(abi.encodePacked(last)), sha256(abi.encodePacked(_end(file))), "last 32 bytes");
    }

    function test_lastWord_anotherState_reverts() public {
        FileTail memory end = FileTail(bytes32(uint256(1)), _tail(200), "");
        bytes32 digest = 0x8e3f3819b4f1b1f71c011c6b854c43601f132c3c88b8982b20733d2b1695c593;
        vm.expectPartialRevert(Sha256Tail.Sha256TailWrongDigest.selector);
        proofs.lastWord(digest, 200, end);
    }

    function test_lastWord_tailTooShort_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(Sha256Tail.Sha256TailWrongLength.selector, 71, 72));
        proofs.lastWord(0, 200, FileTail(0, new bytes(71), ""));
    }

    function test_lastWord_fileTooShort_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(Sha256Tail.Sha256TailUnsupported.selector, 31));
        proofs.lastWord(0, 31, FileTail(0, new bytes(31), ""));
    }

    function test_lastWord_moreThanAChunk_isFoundThroughTheRootBlock() public view {
        bytes memory tail = new bytes(40);
        for (uint256 i = 0; i < 40; i++) tail[i] = bytes1(uint8((960 + i) * 7 + 1_000));
        FileTail memory end =
            FileTail(0x6d4aeced195de5657a283a8188c34e9ca423b021cdeb084a584aca4cdc03d3de, tail, ROOT_BLOCK);
        _assertEq(proofs.lastWord(sha256(ROOT_BLOCK), 2_098_152, end), _end(tail), "of the last chunk");
    }

    function test_lastWord_foreignRootBlock_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(Sha256Tail.Sha256TailBadRootBlock.selector, bytes32(uint256(7))));
        proofs.lastWord(bytes32(uint256(7)), 2_098_152, FileTail(0, new bytes(40), ROOT_BLOCK));
    }

    /// @dev A root block whose second link has a name, in which a third one stands where the chain looks for it. A reader goes
    ///      by the links, and reads another file than the one that the chain would have taken this for.
    function test_lastWord_linkInANameOfAnother_reverts() public {
        bytes memory link = hex"122c0a2401551220ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb120018808040";
        bytes memory tail = bytes.concat(new bytes(8), keccak256("a root that the file does not end in"));
        bytes memory inside = bytes.concat(hex"122b0a2401551220", sha256(tail), hex"120018e807");
        bytes memory named = bytes.concat(hex"0a2401551220", sha256("second"), hex"1231", new bytes(4), inside, hex"18808040");
        bytes memory third = bytes.concat(hex"122b0a2401551220", sha256("third"), hex"120018e807");
        bytes memory rootBlock = bytes.concat(link, hex"125d", named, third);
        _assertEq(uint8(rootBlock[92]), 0x12, "where the third link should be");
        bytes32 digest = sha256(rootBlock);
        vm.expectRevert(abi.encodeWithSelector(Sha256Tail.Sha256TailBadRootBlock.selector, digest));
        proofs.lastWord(digest, 2 * 1_048_576 + 40, FileTail(0, tail, rootBlock));
    }

    function test_requireCanonical_firstAndLastOfAnyCount_areFound() public view {
        bytes32[] memory none = new bytes32[](0);
        proofs.requireCanonical(0x8f915679a8ce15ae1aab11143d675bd3572190a38a01c30e5df6f5874c86a892, "leaf 0", 0, 1, none);
        proofs.requireCanonical(OF_THREE, "leaf 2", 2, 3, _lastOfThree());
        bytes32[] memory path = new bytes32[](3);
        path[0] = 0xcb5a3ce862c3e321f3f7df6d2690549e936a8e377135aae9f3d69f691f547d5b;
        path[1] = 0x4f7494071ca382a5c5067cc41077a999fd7722e06a26aa9de771be933dc1021d;
        path[2] = 0x01571b557bc70672650d467c7bad8337e09a7f354a72051f23b43a782c0f48e6;
        proofs.requireCanonical(0xa904572fda152a4c888f5b4d7f5d8991debd613515f1a2b77ea288d6a67debbe, "leaf 0", 0, 7, path);
    }

    /// @dev Case 34: the root names the number of leaves.
    function test_requireCanonical_anotherCount_reverts() public {
        vm.expectPartialRevert(CanonicalTree.CanonicalTreeWrongRoot.selector);
        proofs.requireCanonical(OF_THREE, "leaf 2", 1, 2, _lastOfThree());
    }

    /// @dev Case 34: what a node hashes is no leaf.
    function test_requireCanonical_nodeAsLeaf_reverts() public {
        bytes memory node = abi.encodePacked(bytes32(uint256(1)), bytes32(uint256(2)));
        bytes32 root = sha256(abi.encodePacked(bytes1(0x02), uint64(1), sha256(abi.encodePacked(bytes1(0x01), node))));
        vm.expectPartialRevert(CanonicalTree.CanonicalTreeWrongRoot.selector);
        proofs.requireCanonical(root, node, 0, 1, new bytes32[](0));
    }

    function test_requireCanonical_outOfRange_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(CanonicalTree.CanonicalTreeOutOfRange.selector, 3, 3));
        proofs.requireCanonical(OF_THREE, "leaf 2", 3, 3, _lastOfThree());
    }

    function test_requireCanonical_spareNode_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(CanonicalTree.CanonicalTreeWrongLength.selector, 2, 1));
        proofs.requireCanonical(OF_THREE, "leaf 2", 2, 3, new bytes32[](2));
    }

    function testFuzz_requireLeaf_anyTree_findsEachLeafAndNoOther(uint256 seed, uint256 height, uint256 index) public {
        height = _bound(height, 0, 6);
        index = _bound(index, 0, (1 << height) - 1);
        (bytes32 root, bytes32[] memory path) = _tree(seed, height, index);
        proofs.requireLeaf(root, _leafOf(seed, index), index, height, path);
        if (height == 0) return;
        vm.expectPartialRevert(MerklePaths.MerklePathsWrongRoot.selector);
        proofs.requireLeaf(root, _leafOf(seed, index), index ^ 1, height, path);
    }

    /// @dev Case 34: a node is no leaf of a lower tree.
    function test_requireLeaf_anotherHeight_reverts() public {
        (bytes32 root, bytes32[] memory path) = _tree(1, 3, 5);
        vm.expectRevert(abi.encodeWithSelector(MerklePaths.MerklePathsWrongHeight.selector, 3, 4));
        proofs.requireLeaf(root, _leafOf(1, 5), 5, 4, path);
    }

    function test_requireUpdate_onlyTheLeaf_passes() public {
        (bytes32 root, bytes32[] memory path) = _tree(1, 3, 5);
        bytes32 later = keccak256("later");
        bytes32 node = later;
        for (uint256 i = 0; i < 3; i++) {
            node = (5 >> i) & 1 == 0
                ? keccak256(abi.encodePacked(node, path[i]))
                : keccak256(abi.encodePacked(path[i], node));
        }
        proofs.requireUpdate([root, node], [_leafOf(1, 5), later], 5, 3, path);
        vm.expectPartialRevert(MerklePaths.MerklePathsWrongRoot.selector);
        proofs.requireUpdate([root, keccak256("else")], [_leafOf(1, 5), later], 5, 3, path);
    }

    bytes32 private constant OF_THREE = 0x857be78ae3879594d93383e032b6e4b3d5c95ea6e3152ba50daed40b72fe1506;

    /// @dev Links to two chunks of 1 MiB and one of 1,000 bytes, as UnixFS profile unixfs-v1-2025 lays them out.
    bytes private constant ROOT_BLOCK =
        hex"122c0a2401551220ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb120018808040122c0a24015512203e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d120018808040122b0a24015512206b0df76627243d095b0c4400cb658b7e804dd03461cc03aee8fc8fe0bcada168120018e8070a12080218e8878001208080402080804020e807";

    function _check(uint256 length, bytes32 midstate, bytes32 digest) private view {
        bytes memory tail = _tail(length);
        _assertEq(proofs.lastWord(digest, length, FileTail(midstate, tail, "")), _end(tail), "last 32 bytes");
    }

    /// @dev The end of a file of `length` bytes, of which byte i is 7i + length.
    function _tail(uint256 length) private pure returns (bytes memory tail) {
        uint256 from = (length - 32) / 64 * 64;
        tail = new bytes(length - from);
        for (uint256 i = 0; i < tail.length; i++) tail[i] = bytes1(uint8((from + i) * 7 + length));
    }

    function _end(bytes memory file) private pure returns (bytes32 end) {
        for (uint256 i = file.length - 32; i < file.length; i++) end = end << 8 | bytes32(uint256(uint8(file[i])));
    }

    function _lastOfThree() private pure returns (bytes32[] memory path) {
        path = new bytes32[](1);
        path[0] = 0xfc5f6b88ff8554f75bb2f9e6f39c31b1936d44b69276edf7b1205a955b9761e3;
    }

    function _leafOf(uint256 seed, uint256 index) private pure returns (bytes32) {
        return keccak256(abi.encode(seed, index));
    }

    function _tree(uint256 seed, uint256 height, uint256 index)
        private
        pure
        returns (bytes32 root, bytes32[] memory path)
    {
        bytes32[] memory level = new bytes32[](1 << height);
        for (uint256 i = 0; i < level.length; i++) level[i] = _leafOf(seed, i);
        path = new bytes32[](height);
        for (uint256 h = 0; h < height; h++) {
            path[h] = level[(index >> h) ^ 1];
            bytes32[] memory above = new bytes32[](level.length / 2);
            for (uint256 i = 0; i < above.length; i++) {
                above[i] = keccak256(abi.encodePacked(level[2 * i], level[2 * i + 1]));
            }
            level = above;
        }
        root = level[0];
    }
}
