// What a test has begun ends in the opposite order: a server ends before the folder goes that it writes to. Node's own hooks
// run in the order in which they were made.
import type { TestContext } from 'node:test';

type Ending = () => unknown;

const endings = new WeakMap<TestContext, Ending[]>();

/** Called when the test is over, before what was given earlier. All are called, whatever one of them throws. */
export function atEnd(context: TestContext, ending: Ending): void {
  const own = endings.get(context);
  if (own) {
    own.push(ending);
    return;
  }
  const first = [ending];
  endings.set(context, first);
  context.after(() => endAll(first));
}

async function endAll(own: readonly Ending[]): Promise<void> {
  const errors: unknown[] = [];
  for (const ending of own.toReversed()) {
    try {
      await ending();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors.length === 1 ? errors[0] : new AggregateError(errors);
}
