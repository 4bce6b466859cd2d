"use client";
/** Things to fill in, each with its name, what it means, and what is wrong with it. */
import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from "react";
import { classes } from "./classes.ts";
import { Icon } from "./Icon.tsx";

const BOX =
  "w-full rounded-md border bg-surface px-3 py-2 text-sm text-ink placeholder:text-muted aria-invalid:border-danger border-strong min-h-10";

interface FieldFrame {
  readonly label: string;
  readonly hint?: ReactNode;
  /** What is wrong, in a sentence. */
  readonly problem?: string | undefined;
}

interface FrameProps extends FieldFrame {
  readonly id: string;
  readonly children: ReactNode;
}

function Frame({ id, label, hint, problem, children }: FrameProps) {
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-xs text-muted">
          {hint}
        </p>
      )}
      {problem !== undefined && (
        <p id={`${id}-problem`} className="flex items-center gap-1 text-sm text-danger">
          <Icon name="alert" className="size-3.5" /> {problem}
        </p>
      )}
    </div>
  );
}

function described(id: string, { hint, problem }: FieldFrame): string | undefined {
  return classes(hint !== undefined && `${id}-hint`, problem !== undefined && `${id}-problem`) || undefined;
}

export interface TextFieldProps
  extends FieldFrame,
    Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "className"> {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Stands at the field's end. */
  readonly unit?: string;
}

export function TextField({ label, hint, problem, unit, onChange, ...rest }: TextFieldProps) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} problem={problem}>
      <span className="relative block">
        <input
          {...rest}
          id={id}
          aria-invalid={problem !== undefined || undefined}
          aria-describedby={described(id, { label, hint, problem })}
          onChange={(event) => onChange(event.target.value)}
          className={classes(BOX, unit !== undefined && "pr-16")}
        />
        {unit !== undefined && (
          <span className="pointer-events-none absolute inset-y-0 right-3 flex items-center text-sm text-muted">
            {unit}
          </span>
        )}
      </span>
    </Frame>
  );
}

export interface SelectFieldProps<Value extends string>
  extends FieldFrame,
    Omit<SelectHTMLAttributes<HTMLSelectElement>, "onChange" | "className" | "value"> {
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly choices: readonly (readonly [Value, string])[];
}

export function SelectField<Value extends string>(props: SelectFieldProps<Value>) {
  const { label, hint, problem, choices, onChange, ...rest } = props;
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} problem={problem}>
      <select
        {...rest}
        id={id}
        aria-invalid={problem !== undefined || undefined}
        aria-describedby={described(id, props)}
        onChange={(event) => onChange(event.target.value as Value)}
        className={BOX}
      >
        {choices.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </Frame>
  );
}

export interface CheckFieldProps {
  readonly label: ReactNode;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function CheckField({ label, checked, onChange }: CheckFieldProps) {
  return (
    <label className="flex min-h-8 items-center gap-2.5 text-sm">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
        className="size-4.5 accent-accent"
      />
      <span>{label}</span>
    </label>
  );
}
