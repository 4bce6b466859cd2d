/** Addresses of the site's pages. Static files know no parameters in a path, so objects are queries. Pure. */

type Id = bigint | number | string;

export const links = {
  home: () => "/",
  tasks: () => "/tasks/",
  task: (task: Id) => `/task/?id=${task}`,
  round: (task: Id, round: Id) => `/round/?task=${task}&round=${round}`,
  createTask: () => "/tasks/new/",
  models: () => "/models/",
  model: (model: Id, version?: Id) => `/model/?id=${model}${version === undefined ? "" : `&version=${version}`}`,
  trainers: () => "/trainers/",
  trainer: (address: string) => `/trainer/?address=${address}`,
  datasets: () => "/datasets/",
  dataset: (dataset: Id) => `/dataset/?id=${dataset}`,
  disputes: () => "/disputes/",
  dispute: (name: string) => `/dispute/?id=${name}`,
  wallet: () => "/wallet/",
  train: (task?: Id) => (task === undefined ? "/train/" : `/train/?task=${task}`),
  tryModel: (model?: Id) => (model === undefined ? "/try/" : `/try/?model=${model}`),
  errors: () => "/errors/",
  error: (code: string) => `/errors/${encodeURIComponent(code)}/`,
  status: () => "/status/",
} as const;

/**
 * A link from somebody else's document, if following it is safe: `https:` only, so neither script nor this machine.
 *
 * @returns the normalised address; `undefined` when it is none or of another kind.
 */
export function safeHref(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, href } = new URL(text);
  return protocol === "https:" ? href : undefined;
}
