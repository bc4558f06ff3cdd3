// Perl 5 on WASI, 25 MB: die and eval unwind inside the module, and so does a call of a JavaScript
// function that returns a promise. Healthy.

import { ZeroPerl } from '@6over3/zeroperl-ts';

const kProgram = `
  $| = 1;
  my $sum = 0;
  $sum += fetch_value($_) for 0 .. 99;
  print "loop: $sum\\n";
  my @caught = map { my $n = $_; eval { die "odd\\n" if $n % 2; fetch_value($n) } // 'died' } 1 .. 20;
  print "eval: @caught\\n";
  my @sorted = sort { fetch_value(length $a) <=> fetch_value(length $b) or $a cmp $b }
    qw(rewind async unwind frame record);
  print "sort: @sorted\\n";
  (my $text = 'a1b22c333') =~ s/(\\d+)/fetch_value($1)/ge;
  print "replace: $text\\n";
`;

let suspends = 0;
const perl = await ZeroPerl.create({ stdout: (data) => process.stdout.write(data) });
perl.registerFunction('fetch_value', async (argument) => {
  const value = argument.toInt();
  await new Promise((resume) => setImmediate(resume));
  suspends += 1;
  return perl.createInt(value * 3 + 1);
});
const result = await perl.eval(kProgram);
perl.dispose();
console.log(`suspends: ${suspends}`);
process.exitCode = result.success ? 0 : 1;
