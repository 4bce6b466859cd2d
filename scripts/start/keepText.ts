/** How to reach a run that was kept. Pure. */
import { relative } from "node:path";
import type { Network } from "./steps/network.ts";

/** @param from the folder that paths are shown from. @returns lines for people. */
export function keepText({ chain, taskId, wallets, ...network }: Network, from: string): string[] {
  const deploymentFile = relative(from, network.deploymentFile);
  const [trainer] = wallets.trainers;
  const access = `--network ${deploymentFile}`;
  return [
    "The chain and the nodes go on until Ctrl-C.",
    `  RPC         ${chain.rpcUrl} (chain ${chain.deployment.chainId})`,
    `  deployment  ${deploymentFile}`,
    `  task        ${taskId}`,
    "Look around, in another terminal:",
    `  npx cairn watch ${taskId} ${access}`,
    `  npx cairn model list ${access}`,
    ...(trainer === undefined
      ? []
      : [
          `  npx cairn rewards show ${access} --account ${trainer.keystoreFile} --password-file ${trainer.passwordFile}`,
        ]),
  ];
}
