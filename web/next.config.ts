/**
 * A static site: every page is a file, so any file server can hand it out, an IPFS gateway too.
 *
 * Which chain and which contracts it shows is read at run time from `/cairn.json`, never built in.
 */
import { join } from "node:path";
import type { NextConfig } from "next";

const config: NextConfig = {
  output: "export",
  distDir: process.env.CAIRN_WEB_OUT ?? "out", // of an export this is where the files go
  trailingSlash: true, // `/tasks/index.html`: an address that every file server understands
  images: { unoptimized: true },
  transpilePackages: ["@cairn/trainer"],
  turbopack: { root: join(import.meta.dirname, "..") },
  typescript: { ignoreBuildErrors: true }, // the stage `types` of `npm test` checks them, under the same settings
  reactStrictMode: true,
  poweredByHeader: false,
  devIndicators: false,
};

export default config;
