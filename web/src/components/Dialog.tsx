"use client";
/** A window over the page, in the middle or from the side: the focus stays in it, Escape closes it and gives the focus back. */
import { Close, Content, Description, Overlay, Portal, Root, Title } from "@radix-ui/react-dialog";
import type { ReactNode } from "react";
import { common } from "../messages/common.ts";
import { useTexts } from "../messages/useTexts.ts";
import { IconButton } from "./Button.tsx";
import { classes } from "./classes.ts";

export interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  /** One sentence below the title. */
  readonly lead?: string;
  /** From the middle, or a drawer at the end of the line. @default "middle" */
  readonly from?: "middle" | "side";
  readonly children: ReactNode;
}

const PLACES = {
  middle:
    "left-1/2 top-1/2 max-h-[min(90vh,44rem)] w-[min(30rem,calc(100vw-1.5rem))] -translate-x-1/2 -translate-y-1/2 rounded-xl border",
  side: "inset-y-0 right-0 w-[min(26rem,100vw)] border-l",
} as const;

export function Dialog({ open, onOpenChange, title, lead, from = "middle", children }: DialogProps) {
  const t = useTexts(common);
  return (
    <Root open={open} onOpenChange={onOpenChange}>
      <Portal>
        <Overlay className="fixed inset-0 z-40 bg-black/45" />
        <Content
          {...(lead === undefined ? { "aria-describedby": undefined } : {})}
          className={classes(
            "fixed z-50 flex flex-col overflow-hidden border-line bg-surface shadow-2xl",
            PLACES[from],
          )}
        >
          <div className="flex items-start justify-between gap-3 border-b border-line px-5 py-3">
            <div>
              <Title className="text-base font-semibold">{title}</Title>
              {lead !== undefined && <Description className="text-sm text-muted">{lead}</Description>}
            </div>
            <Close asChild>
              <IconButton icon="cross" label={t.close} className="-mr-2" />
            </Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
        </Content>
      </Portal>
    </Root>
  );
}
