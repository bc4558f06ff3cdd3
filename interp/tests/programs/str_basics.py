s = "hello"
print(s[0], s[-1], s[1:3], s[::-1], s[::2], s[-3:], s[:-1], s[10:], s[3:1], len(s))
print("a" + "b", "ab" * 3, 2 * "xy", "x" * 0, "x" * -1, "in" in "string", "" in "a")
print("it's", 'say "hi"', 'both \' and "', "tab\tnl\\n", "\x41\u00e9\U0001F600")
print(repr("it's"), repr('say "hi"'), repr('both \' "'), repr("\n\t\r\\"), repr("\x00\x7f\x1b"), repr("é€😀"))
print("a" "b" 'c', """multi
line""", r"raw\n", r'\d+')
print(str(12), str(1.5), str(None), str([1, "a"]), str((1,)), str({"k": 1}))
print("abc" == "abc", "abc" != "abd", hash("abc") == hash("abc"), "a" is not None)
for c in "xyz":
    print(c, ord(c), chr(ord(c) + 1))
print(list("abc"), tuple("ab"), sorted("hello"), "".join(reversed("abc")), min("hello"), max("hello"))
print("line1\
 continued")
