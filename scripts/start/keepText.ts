/** How to reach a run that was kept. Pure. */
import { relative } from "node:path";
import type { Network } from "./steps/network.ts";

/** @param options.from the folder that paths are shown from. @returns lines for people. */
export function keepText(
  { chain, taskId, visitorsTaskId, wallets, ...network }: Network,
  { from, siteUrl }: { readonly from: string; readonly siteUrl: string | undefined },
): string[] {
  const deploymentFile = relative(from, network.deploymentFile);
  const access = `--network ${deploymentFile}`;
  const account = wallets.trainers.slice(0, 1).map(({ keystoreFile }) => `--account ${relative(from, keystoreFile)}`);
  return [
    "Until Ctrl-C the chain goes on, and every node serves what it has of the model and its updates.",
    ...(siteUrl === undefined ? [] : [`  dApp        ${siteUrl}`]),
    `  RPC         ${chain.rpcUrl} (chain ${chain.deployment.chainId})`,
    `  deployment  ${deploymentFile}`,
    `  task        ${taskId}`,
    ...(siteUrl === undefined || visitorsTaskId === undefined
      ? []
      : [`  train here  ${siteUrl}/train/?task=${visitorsTaskId}, in a tab: a round begins when somebody joins`]),
    "Look around, in another terminal:",
    `  npx cairn watch ${taskId} ${access}`,
    `  npx cairn model list ${access}`,
    ...account.map((flag) => `  npx cairn rewards show ${flag} ${access}`),
  ];
}
