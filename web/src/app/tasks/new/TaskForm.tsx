"use client";
/** The form: one field a key of the file, in groups that belong together. */
import { SelectField, TextField } from "../../../components/Field.tsx";
import { Panel } from "../../../components/Panel.tsx";
import { create as catalogue } from "../../../messages/create.ts";
import { useTexts } from "../../../messages/useTexts.ts";
import { FORM_KEYS, type FormKey, type TaskFile, withField } from "./taskFile.ts";

export interface TaskFormProps {
  readonly file: TaskFile;
  readonly onChange: (file: TaskFile) => void;
  readonly problem: { readonly key: string | undefined; readonly message: string };
}

const GROUPS = [
  ["model", ["modelName", "model", "data", "seed"]],
  ["training", ["batch", "localEpochs", "learningRate", "momentum", "partition"]],
  ["people", ["rounds", "trainers", "minTrainers", "committee", "quorum", "phaseSeconds"]],
  ["money", ["reward", "verdictReward", "minStake"]],
] as const satisfies readonly (readonly [string, readonly FormKey[]])[];

const MODELS = ["linear", "mlp:128", "mlp:256,128", "lenet5", "cnn:16,32:128"] as const;

export function TaskForm({ file, onChange, problem }: TaskFormProps) {
  const t = useTexts(catalogue);
  return (
    <>
      {GROUPS.map(([group, keys]) => (
        <Panel key={group} title={t.groups[group]}>
          <div className="grid gap-x-5 gap-y-4 sm:grid-cols-2">
            {keys.map((key) => (
              <FormField
                key={key}
                name={key}
                file={file}
                onChange={onChange}
                problem={problem.key === key ? problem.message : undefined}
              />
            ))}
          </div>
        </Panel>
      ))}
    </>
  );
}

interface FormFieldProps extends Omit<TaskFormProps, "problem"> {
  readonly name: FormKey;
  readonly problem: string | undefined;
}

function FormField({ name, file, onChange, problem }: FormFieldProps) {
  const t = useTexts(catalogue);
  const value = String(file[name] ?? "");
  const change = (text: string) => onChange(withField(file, name, text));
  const label = t.fields[name].label;
  if (name === "model") {
    const choices = (MODELS as readonly string[]).includes(value) ? MODELS : [value, ...MODELS];
    return (
      <SelectField
        label={label}
        hint={t.fields[name].hint}
        problem={problem}
        value={value}
        onChange={change}
        choices={choices.map((model) => [model, model] as const)}
      />
    );
  }
  return (
    <TextField
      label={label}
      hint={t.fields[name].hint}
      problem={problem}
      value={value}
      onChange={change}
      inputMode={FORM_KEYS[name] === "text" ? "text" : "decimal"}
      autoComplete="off"
      {...(FORM_KEYS[name] === "amount" ? { unit: "CAIRN" } : {})}
    />
  );
}
