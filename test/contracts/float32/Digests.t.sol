// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Float32} from "../../../contracts/libraries/Float32.sol";
import {Float32Functions} from "../../../contracts/libraries/Float32Functions.sol";
import {Philox} from "../../../contracts/libraries/Philox.sol";
import {VmTest} from "../support/Vm.sol";

/// @dev The elementary functions of 20,000 random numbers each, against digests of the engine's results. float32.test.ts computes
///      those anew, so neither side can change alone; it also names the number where one is off. Here, because this runner is
///      ten times as fast as calls to a chain.
contract Digests_Test is VmTest {
    using Float32Functions for Float32;

    uint256 internal constant NUMBERS = 20_000;

    function test_exp_manyNumbers_hasTheEnginesDigest() public pure {
        _assertDigest("exp", _exp, 0x78dd2670918fe786d0af993c3a8d9a734503c78f6e96cd9eb08f45d3c2e7dbb6);
    }

    function test_log_manyNumbers_hasTheEnginesDigest() public pure {
        _assertDigest("log", _log, 0xbfccb242e17452ce4c7dfa354ce3cae2194deaa8f898a46587d0c35d78363bff);
    }

    function test_tanh_manyNumbers_hasTheEnginesDigest() public pure {
        _assertDigest("tanh", _tanh, 0x64be0a3adec2d98c1440b2e57e7c2016efd1b2fa9a32b76531ff32f105e39a42);
    }

    function test_gelu_manyNumbers_hasTheEnginesDigest() public pure {
        _assertDigest("gelu", _gelu, 0x4eea98cea00aee27b057debe84611ff236dfe86e5ef05c6b06d7cc9ff5a0fb4a);
    }

    function test_geluSlope_manyNumbers_hasTheEnginesDigest() public pure {
        _assertDigest("geluSlope", _geluSlope, 0xcfaef93c2f56c586522dc01bc817bf45000a0f35a0ff2f0610974acbf05a875e);
    }

    function test_inverseSquareRoot_manyNumbers_hasTheEnginesDigest() public pure {
        _assertDigest("inverseSquareRoot", _inverseSquareRoot, 0x790f66e3f41470006289b4dcc03c4306b820cf97ecbba1c9f8646b14c5eb42a5);
    }

    /// @dev Of the results one after another. The numbers are words of the stream `name` under seed 0: every fourth as it is, the
    ///      others with their sign and a size from 2^-11 to 2^7.
    function _assertDigest(
        string memory name,
        function(Float32) pure returns (Float32) operation,
        bytes32 expected
    ) private pure {
        uint32[4] memory stream = Philox.streamWords(0, name);
        uint256[] memory results = new uint256[](NUMBERS / 4);
        for (uint256 i = 0; i < results.length; i++) {
            uint32[4] memory words = Philox.draw([uint32(i), 0, stream[2], stream[3]], [stream[0], stream[1]]);
            uint256 four = Float32.unwrap(operation(Float32.wrap(words[0])));
            for (uint256 j = 1; j < 4; j++) {
                uint32 usual = (words[j] & 0x80000000) | (0x3a000000 + (words[j] & 0x7fffffff) % 0x09000000);
                four = four << 32 | Float32.unwrap(operation(Float32.wrap(usual)));
            }
            results[i] = four;
        }
        _assertEq(keccak256(abi.encodePacked(results)), expected, name);
    }

    function _exp(Float32 x) private pure returns (Float32) {
        return x.exp();
    }

    function _log(Float32 x) private pure returns (Float32) {
        return x.absolute().log();
    }

    function _tanh(Float32 x) private pure returns (Float32) {
        return x.tanh();
    }

    function _gelu(Float32 x) private pure returns (Float32) {
        return x.gelu();
    }

    function _geluSlope(Float32 x) private pure returns (Float32) {
        return x.geluSlope();
    }

    function _inverseSquareRoot(Float32 x) private pure returns (Float32) {
        return x.absolute().inverseSquareRoot();
    }
}
