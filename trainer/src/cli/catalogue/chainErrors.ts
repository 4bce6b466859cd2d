/** Catalogue rows of chain and network: what goes wrong between machines. */
import type { ChainDetail } from "../../chain/chainError.ts";
import type { NetworkDetail } from "../../network/networkError.ts";
import { type Entry, entry } from "./entry.ts";

export const chainErrors = {
  CHAIN_RPC_UNREACHABLE: entry(
    "network",
    "The RPC does not answer.",
    "start the chain, or correct rpcUrl in cairn.config.json",
    "use another RPC for one command: --rpc-url URL",
  ),
  CHAIN_WRONG_CHAIN: entry(
    "wrongChain",
    "The RPC serves another chain than the one the contracts are on.",
    "use an RPC of the right chain: --rpc-url URL",
    "or the right deployment record: --network FILE",
  ),
  CHAIN_NOT_DEPLOYED: entry(
    "wrongChain",
    "There is no contract at an address of the deployment record.",
    "a local chain forgets everything when it restarts: deploy again",
    "or name the right record: --network FILE",
  ),
  CHAIN_DEPLOYMENT_MALFORMED: entry(
    "config",
    "The deployment record is not what it should be.",
    "take the record that the deployment wrote, unedited",
  ),
  CHAIN_ACCOUNT_MISSING: entry(
    "config",
    "This needs an account to sign with.",
    "cairn keys new NAME, then name it with --account NAME",
  ),
  CHAIN_INSUFFICIENT_FUNDS: entry(
    "funds",
    "The account has not enough ether to pay for gas.",
    "send it some ether; cairn status shows its address and balance",
  ),
  CHAIN_REVERTED: entry(
    "reverted",
    "A contract refused the call. Nothing was changed.",
    "the message names the contract's reason; cairn errors NAME explains it",
  ),
  CHAIN_TIMEOUT: entry(
    "deadline",
    "The chain did not answer in time.",
    "look whether the transaction went through: cairn status",
    "then run it again; what is done is not done twice",
  ),
  CHAIN_ABORTED: entry(
    "interrupted",
    "It was stopped while waiting for the chain.",
    "a transaction that was sent already may still go through: cairn status",
  ),
  CHAIN_LOGS_INCOMPLETE: entry(
    "network",
    "The RPC tells of fewer events than the contract says there were.",
    "nothing: a node asks again while there is time",
    "use another RPC if it happens again: --rpc-url URL",
  ),
  CHAIN_NONCE_TAKEN: entry(
    "network",
    "Something else was mined under a transaction's nonce: another machine or program signs with this key.",
    "one account, one node: stop the other one, or give it an account of its own",
    "or run the command again; what is done is not done twice",
  ),
  CHAIN_FEE_CAP_REACHED: entry(
    "deadline",
    "Gas costs more than --max-fee-gwei allows, so nothing is sent, or what was sent waits.",
    "wait for gas to become cheaper: a node sends again by itself",
    "or allow more: --max-fee-gwei N; a missed opening costs stake",
  ),
  CHAIN_KEY_BUSY: entry(
    "deadline",
    "Another process has a transaction of this account on its way for longer than this one waits.",
    "wait, and run it again; cairn node inspect shows what is on its way",
  ),
  CHAIN_SENDER_FAILED: entry(
    "bug",
    "Following a transaction failed because of a mistake in this program. What was signed is kept, and nothing was signed twice.",
    "restart the node: it looks at what is on its way again",
    "report it with the message; cairn node inspect shows the transactions",
  ),
  CHAIN_RPC_DISAGREE: entry(
    "network",
    "The RPCs tell different things, and no answer is that of more than half of them.",
    "nothing: a node asks again",
    "name three RPCs or more, so that a wrong one is outvoted: --rpc-url URL,URL,URL",
  ),
  CHAIN_RPC_SET_ASIDE: entry(
    "network",
    "One of several RPCs does not answer, is behind, or tells what the others do not. It is asked again later.",
    "nothing, as long as others answer; replace it if it happens often: --rpc-url URL,URL",
  ),
  CHAIN_RPC_REFUSED: entry(
    "network",
    "The RPC answered with an error.",
    "run it again with -v to see the answer",
    "or use another RPC: --rpc-url URL",
  ),
} as const satisfies Record<ChainDetail["code"], Entry>;

export const networkErrors = {
  NETWORK_CONTENT_NOT_FOUND: entry(
    "network",
    "No peer that could be reached has the content.",
    "check that the node that published it is running, then try again",
  ),
  NETWORK_PEER_UNREACHABLE: entry(
    "network",
    "No peer answers, so the content cannot be fetched.",
    "check your connection and firewall; peers' addresses stand in NodeRegistry",
  ),
  NETWORK_CONTENT_TOO_LARGE: entry(
    "mismatch",
    "The content is longer than the chain says. Nothing was kept.",
    "do not accept this content: its publisher announced a wrong length",
  ),
  NETWORK_CONTENT_TOO_SHORT: entry(
    "mismatch",
    "The content is shorter than the chain says. Nothing was kept.",
    "do not accept this content: its publisher announced a wrong length",
  ),
  NETWORK_CONTENT_MALFORMED: entry(
    "mismatch",
    "The content is laid out wrongly. Nothing was kept.",
    "do not accept this content; files are laid out as unixfs-v1-2025",
  ),
  NETWORK_DIGEST_MISMATCH: entry(
    "mismatch",
    "The bytes are not those that the digest stands for. They were refused.",
    "try again: another peer may serve the right ones",
    "if they came from your own IPFS daemon, check its disk",
  ),
  NETWORK_DAEMON_UNREACHABLE: entry(
    "network",
    "The IPFS daemon does not answer.",
    "start it, or correct --ipfs; without it the built-in store is used",
  ),
  NETWORK_DAEMON_FAILED: entry(
    "network",
    "The IPFS daemon answered with an error.",
    "look into its log; `ipfs repo verify` and its free disk space are worth a look",
  ),
  NETWORK_LISTEN_FAILED: entry(
    "config",
    "The node cannot listen on this address.",
    "choose another one, such as --listen /ip4/127.0.0.1/tcp/0",
  ),
  NETWORK_STORE_FAILED: entry(
    "config",
    "The content store on disk failed.",
    "check that the data folder can be written and has space, and that no other node uses it",
  ),
  NETWORK_ABORTED: entry(
    "interrupted",
    "It was stopped while fetching content.",
    "nothing was lost; run it again when you are ready",
  ),
} as const satisfies Record<NetworkDetail["code"], Entry>;
