// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

/// @title  CairnToken
/// @notice What stakes, escrows and rewards are counted in: ERC-20 with permit, votes and burning.
/// @dev    Does not support: minting. All there ever is goes to the first holder; slashing only burns.
contract CairnToken is ERC20Burnable, ERC20Permit, ERC20Votes {
    /// @dev Largest supply, so that any sum of stakes, in whole gwei, fits the 72 bits of a sum tree's node. Unit: wei.
    uint256 public constant MAX_SUPPLY_WEI = uint256(type(uint72).max) * 1 gwei;

    /// @notice `supplyWei` is above `maxWei`.
    error CairnTokenSupplyTooLarge(uint256 supplyWei, uint256 maxWei);

    /// @param holder    Receives the whole supply.
    /// @param supplyWei At most `MAX_SUPPLY_WEI`. Unit: wei, 18 decimals.
    constructor(address holder, uint256 supplyWei) ERC20("Cairn", "CAIRN") ERC20Permit("Cairn") {
        require(supplyWei <= MAX_SUPPLY_WEI, CairnTokenSupplyTooLarge(supplyWei, MAX_SUPPLY_WEI));
        _mint(holder, supplyWei);
    }

    /// @inheritdoc ERC20Permit
    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    /// @dev Keeps votes in step with balances.
    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }
}
