// Figure 3: how much larger the probes make a module.

import { atMost, figure } from './figures.mjs';
import { run } from './tools.mjs';

const kAim = atMost(1.06);

export function measureSizes({ modules, asyncscope, outputPath, progress }) {
  return modules.map(({ title, file }) => {
    progress(`size of ${title}`);
    const report =
        JSON.parse(run([asyncscope, 'instrument', '--json', file, '-o', outputPath]));
    if (!report.asyncified) throw new Error(`${file} is not asyncified`);
    return figure({
      group: 'Size of the module, probed / original',
      name: title, ratios: [report.probed_size / report.original_size], aim: kAim,
      detail: `${report.original_size} -> ${report.probed_size} bytes`,
      values: { originalBytes: report.original_size, probedBytes: report.probed_size },
    });
  });
}
