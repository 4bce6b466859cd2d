import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { Frame } from "../components/shell/Frame.tsx";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Cairn: models trained together, proven on chain", template: "%s · Cairn" },
  description: "People who don't know each other train one network together, bit-exact; Ethereum keeps the score.",
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#faf9f6" },
    { media: "(prefers-color-scheme: dark)", color: "#131311" },
  ],
};

export default function RootLayout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        {/* Before the first paint, so it must block; it is 400 bytes. */}
        <script src="/boot.js" />
      </head>
      <body className="flex min-h-dvh flex-col">
        <Frame>{children}</Frame>
      </body>
    </html>
  );
}
