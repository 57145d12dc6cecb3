// Runs before each test file, so that its last hook comes after all of theirs.
import { afterAll, afterEach, type RunnerTask as Task } from 'vitest';
import { TempDirectory } from './temp-directory.js';

let file: Task | undefined;

function failed(task: Task): boolean {
  return task.result?.state === 'fail' || ('tasks' in task && task.tasks.some(failed));
}

afterEach(({ task }) => {
  file = task.file;
});

afterAll(() => {
  const present = TempDirectory.present();
  // Without a test that ran, something failed before: its directories tell what.
  if (file !== undefined && !failed(file)) for (const directory of present) directory.remove();
  else if (present.length > 0) console.log(`kept: ${present.map(({ path }) => path).join(' ')}`);
});
