/** Commander parser of an account's address; apart from the others, for it loads viem. */
import { InvalidArgumentError } from "commander";
import { type Address, getAddress, isAddress } from "viem";

/** @returns the address in its checksummed form. */
export function address(text: string): Address {
  if (isAddress(text)) return getAddress(text);
  throw new InvalidArgumentError(
    "It must be an address: 0x and 40 hex digits, in its checksummed form or in lower case.",
  );
}
