print("a\\b", 'it\'s', "q\"q", "bell\a"[-1] == chr(7), "\b\f\v" == chr(8) + chr(12) + chr(11), "\101\60", "\x7e", "\u20ac", "\U0001f40d", "line\
joined", r"\n\t\\", R'raw\'', "nul\0end" == "nul" + chr(0) + "end", len("\0\x00"))
print('''triple ' and " inside''', """a
b""", '''x\ty''', "" '' """""", "mixed" 'quotes' """here""")
print(len("\n"), len(r"\n"), "\z" == chr(92) + "z")
