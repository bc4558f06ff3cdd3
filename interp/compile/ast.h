// The syntax tree: one node type, its fields used as the comment of each kind says.
#pragma once
#include "compile/lexer.h"

enum NodeKind : uint8_t {
  // Expressions
  kConst,        // value
  kNameExpr,     // name
  kAttr,         // a . name
  kSubscript,    // a [ b ]
  kSlice,        // a : b : c, each may be null
  kCall,         // a ( list of arguments )
  kKeywordArg,   // name = a; without a name: ** a
  kStarred,      // * a
  kUnary,        // op, a
  kNotExpr,      // not a
  kBinary,       // a op b
  kCompare,      // a, then list of kCompareStep
  kCompareStep,  // op, a
  kBoolOp,       // list; op 0 and, 1 or
  kIfExpr,       // a if b else c
  kLambda,       // params, a
  kTuple,
  kList,
  kSet,   // list
  kDict,  // list: key, value, key, value; a null key means ** value
  kListComp,
  kSetComp,
  kGenExpr,    // a; list of kCompFor
  kDictComp,   // a: b; list of kCompFor
  kCompFor,    // for a in b; list of conditions
  kFString,    // list of kConst and kFormatted
  kFormatted,  // a, op conversion, b spec (kFString) or null
  kYield,      // a or null
  kYieldFrom,  // a
  kWalrus,     // name := a
  // Statements
  kExprStmt,   // a
  kAssign,     // list of targets, a
  kAugAssign,  // a op= b
  kAnnAssign,  // a : annotation [= b]; the annotation is dropped
  kReturn,     // a or null
  kRaise,      // a, b cause
  kDel,        // list
  kPass,
  kBreak,
  kContinue,
  kGlobal,
  kNonlocal,     // list of kNameExpr
  kAssert,       // a, b message
  kImport,       // list of kAlias
  kFromImport,   // name; list of kAlias
  kAlias,        // name as name2
  kIf,           // a; body, orelse
  kWhile,        // a; body, orelse
  kFor,          // a in b; body, orelse
  kTry,          // body, list of kHandler, orelse, finalbody
  kHandler,      // except a as name; body
  kWith,         // list of kWithItem, body
  kWithItem,     // a as b
  kFunctionDef,  // name, params, body, decorators
  kClassDef,     // name, list of bases and keywords, body, decorators
  kModule        // body
};

enum CompareOp { kCmpIs = 100, kCmpIsNot, kCmpIn, kCmpNotIn };

struct Node;
struct Scope;

struct Params {  // in the order of the code object: positional, keyword-only, *args, **kwargs
  Vec<StrObj*> positional, kwonly;
  Vec<Node*> defaults;     // of the last positional ones
  Vec<Node*> kw_defaults;  // parallel to kwonly, null where there is none
  StrObj *var_args, *var_kw;
  uint32_t n_positional_only;
};

struct Node {
  NodeKind kind;
  int32_t op;
  int32_t line;
  bool parenthesized;
  Node *a, *b, *c;
  StrObj *name, *name2;
  Value value;
  Vec<Node*> list, body, orelse, finalbody, decorators;
  Params* params;
  Scope* scope;
};

// Parses a whole module. Raises SyntaxError or NotImplementedError.
Node* parse_module(const Source* src, const char* text, size_t n);
