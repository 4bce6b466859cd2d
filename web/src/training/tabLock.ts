/** One tab an account trains: two would ask for the same signatures, and pay for one of them in vain. */
import { TrainError } from "./trainError.ts";

export interface TabLock {
  release(): void;
}

/**
 * @param name of what is to be held by one tab of this browser.
 * @throws {TrainError} `TRAIN_OTHER_TAB` when another holds it; a tab that is closed or crashes lets go by itself
 */
export async function lockTab(name: string, locks: LockManager = navigator.locks): Promise<TabLock> {
  const granted = Promise.withResolvers<boolean>();
  const released = Promise.withResolvers<void>();
  locks
    .request(name, { ifAvailable: true }, async (lock) => {
      granted.resolve(lock !== null);
      if (lock !== null) await released.promise;
    })
    .catch(granted.reject);
  if (await granted.promise) return { release: () => released.resolve() };
  throw new TrainError({ code: "TRAIN_OTHER_TAB" }, "another tab of this browser trains with this account");
}
