import fs from 'node:fs';

/**
 * A vitest reporter: writes which tests failed, with the first line of why, and which passed at a second try only, as JSON to
 * the file that VERDICT_FILE names.
 */
export default class VerdictReporter {
  #verdict = { failed: [], secondTry: [] };

  onTestCaseResult(test) {
    const name = `${test.module.relativeModuleId}: ${test.fullName}`;
    const { state, errors = [] } = test.result();
    if (state === 'failed') this.#verdict.failed.push(`${name}: ${firstLine(errors)}`);
    else if (test.diagnostic()?.flaky) this.#verdict.secondTry.push(`${name}: ${firstLine(errors)}`);
  }

  onTestModuleEnd(module) {
    for (const error of module.errors()) this.#verdict.failed.push(`${module.relativeModuleId}: ${firstLine([error])}`);
  }

  onTestRunEnd() {
    fs.writeFileSync(process.env.VERDICT_FILE, JSON.stringify(this.#verdict));
  }
}

function firstLine(errors) {
  return String(errors[0]?.message ?? 'no reason given').split('\n', 1)[0];
}
