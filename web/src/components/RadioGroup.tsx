"use client";
/** One of a few choices, all in sight; one that can't be taken says why. */
import { type ReactNode, useId } from "react";

export interface RadioChoice<Value extends string> {
  readonly value: Value;
  readonly label: ReactNode;
  /** Why it can't be taken. */
  readonly disabled?: string | undefined;
}

export interface RadioGroupProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly RadioChoice<Value>[];
  readonly onChange: (value: Value) => void;
}

export function RadioGroup<Value extends string>({ label, value, choices, onChange }: RadioGroupProps<Value>) {
  const id = useId();
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 text-sm font-medium">{label}</legend>
      {choices.map((choice) => {
        const why = `${id}-${choice.value}`;
        return (
          <div key={choice.value}>
            <label className="flex items-start gap-2.5 py-1.5 text-sm has-disabled:text-muted">
              <input
                type="radio"
                name={id}
                checked={choice.value === value}
                disabled={choice.disabled !== undefined}
                aria-describedby={choice.disabled === undefined ? undefined : why}
                onChange={() => onChange(choice.value)}
                className="mt-px size-4.5 shrink-0 accent-accent"
              />
              <span>{choice.label}</span>
            </label>
            {choice.disabled !== undefined && (
              <p id={why} className="pl-7 text-xs text-muted text-pretty">
                {choice.disabled}
              </p>
            )}
          </div>
        );
      })}
    </fieldset>
  );
}
