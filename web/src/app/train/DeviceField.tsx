"use client";
/** What to compute on: the visitor's choice, and why a graphics card is out of the question where it is. */
import { CheckField } from "../../components/Field.tsx";
import { RadioGroup } from "../../components/RadioGroup.tsx";
import { train as catalogue } from "../../messages/train.ts";
import { useTexts } from "../../messages/useTexts.ts";
import type { FoundPlan } from "../../training/prepareTask.ts";
import { DEVICE_CHOICES } from "../../training/worker/deviceChoice.ts";
import { textOf } from "./failure.ts";
import type { PreparationControl } from "./usePreparation.ts";

interface DeviceFieldProps {
  readonly control: PreparationControl;
  readonly found: FoundPlan;
}

export function DeviceField({ control: { device, setDevice }, found: { cardRefusal } }: DeviceFieldProps) {
  const t = useTexts(catalogue);
  return (
    <div className="flex flex-col gap-1">
      <RadioGroup
        label={t.machine.device}
        value={device.choice}
        onChange={(choice) => setDevice({ ...device, choice })}
        choices={DEVICE_CHOICES.map((value) => ({
          value,
          label: t.machine.devices[value],
          disabled: value === "gpu" && cardRefusal !== undefined ? textOf(t.errors, cardRefusal.code) : undefined,
        }))}
      />
      {device.choice === "gpu" && (
        <CheckField
          label={t.machine.fallBack}
          checked={device.mayFallBack}
          onChange={(mayFallBack) => setDevice({ ...device, mayFallBack })}
        />
      )}
    </div>
  );
}
