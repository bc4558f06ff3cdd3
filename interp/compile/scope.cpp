// See scope.h. One walk collects the names of each scope; a second one, from the inside out, turns
// uses without a binding into free variables of the nearest function that binds them.
#include "compile/scope.h"

#include <cstring>

#include "vm/runtime.h"

Symbol* scope_find(Scope* s, StrObj* name) {
  for (Symbol& x : s->symbols) {
    if (x.name == name) return &x;
  }
  return nullptr;
}

StrObj* mangle(Scope* s, StrObj* name) {
  if (name->bytes < 3 || std::memcmp(name->data, "__", 2)) return name;
  if (!std::memcmp(name->data + name->bytes - 2, "__", 2)) return name;
  Scope* c = s;
  while (c && !c->class_name) c = c->parent;
  if (!c) return name;
  const char* p = c->class_name->data;
  while (*p == '_') p++;
  if (!*p) return name;
  BufObj* b = py_new_buf();
  buf_char(b, '_');
  buf_cstr(b, p);
  buf_str(b, name);
  return py_intern(b->data, b->n);
}

namespace {
struct Walker {
  const Source* src;
  Scope* scope;
};

void walk(Walker* w, Node* n);

void walk_all(Walker* w, const Vec<Node*>& v) {
  for (uint32_t i = 0; i < v.n; i++) walk(w, v[i]);
}

Symbol* add(Walker* w, Scope* s, StrObj* name, uint32_t flags, int32_t line) {
  Symbol* x = scope_find(s, name);
  if (!x) {
    s->symbols.push(w->src->arena, Symbol{name, 0, line});
    x = &s->symbols.back();
  }
  x->flags |= flags;
  return x;
}
void bind(Walker* w, StrObj* name, int32_t line) {
  add(w, w->scope, mangle(w->scope, name), kBound, line);
}
void use(Walker* w, StrObj* name, int32_t line) {
  add(w, w->scope, mangle(w->scope, name), kUsed, line);
}

Scope* push(Walker* w, ScopeKind kind, Node* n) {
  auto* s = static_cast<Scope*>(arena_alloc(w->src->arena, sizeof(Scope)));
  s->kind = kind;
  s->parent = w->scope;
  if (w->scope) w->scope->children.push(w->src->arena, s);
  n->scope = s;
  w->scope = s;
  return s;
}
void pop(Walker* w) { w->scope = w->scope->parent; }

void walk_target(Walker* w, Node* n) {
  switch (n->kind) {
    case kNameExpr:
      bind(w, n->name, n->line);
      break;
    case kStarred:
      walk_target(w, n->a);
      break;
    case kTuple:
    case kList:
      for (Node* item : n->list) walk_target(w, item);
      break;
    default:
      walk(w, n);
      break;
  }
}

void walk_function(Walker* w, Node* n) {
  walk_all(w, n->decorators);
  walk_all(w, n->params->defaults);
  for (Node* d : n->params->kw_defaults) walk(w, d);
  if (n->kind == kFunctionDef) bind(w, n->name, n->line);
  Scope* s = push(w, kFunctionScope, n);
  auto parameter = [&](StrObj* name) {
    if (name) add(w, s, mangle(s, name), kBound | kParameter, n->line);
  };
  for (StrObj* name : n->params->positional) parameter(name);
  for (StrObj* name : n->params->kwonly) parameter(name);
  parameter(n->params->var_args);
  parameter(n->params->var_kw);
  if (n->kind == kLambda) {
    walk(w, n->a);
  } else {
    walk_all(w, n->body);
  }
  pop(w);
}

void walk_comprehension(Walker* w, Node* n) {
  walk(w, n->list[0]->b);  // the first iterable belongs to the outer scope
  Scope* s = push(w, kFunctionScope, n);
  s->comprehension = true;
  s->generator = n->kind == kGenExpr;
  add(w, s, py_names.implicit_arg, kBound | kParameter, n->line);
  for (uint32_t i = 0; i < n->list.n; i++) {
    Node* f = n->list[i];
    walk_target(w, f->a);
    if (i) walk(w, f->b);
    walk_all(w, f->list);
  }
  walk(w, n->a);
  walk(w, n->b);
  pop(w);
}

void walk_class(Walker* w, Node* n) {
  walk_all(w, n->decorators);
  walk_all(w, n->list);
  bind(w, n->name, n->line);
  Scope* s = push(w, kClassScope, n);
  s->class_name = n->name;
  walk_all(w, n->body);
  pop(w);
}

void declare(Walker* w, Node* n, uint32_t flag) {
  const char* what = flag == kGlobalDecl ? "global" : "nonlocal";
  for (Node* name : n->list) {
    StrObj* m = mangle(w->scope, name->name);
    Symbol* x = scope_find(w->scope, m);
    if (x && (x->flags & kParameter)) {
      syntax_error(w->src, n->line, "name '%S' is parameter and %s", name->name, what);
    }
    if (x && (x->flags & (kGlobalDecl | kNonlocalDecl)) && !(x->flags & flag)) {
      syntax_error(w->src, n->line, "name '%S' is nonlocal and global", name->name);
    }
    if (x && !(x->flags & flag) && (x->flags & (kBound | kUsed)) &&
        w->scope->kind != kModuleScope) {
      syntax_error(w->src, n->line, "name '%S' is %s prior to %s declaration", name->name,
                   x->flags & kUsed ? "used" : "assigned to", what);
    }
    if (flag == kNonlocalDecl && w->scope->kind == kModuleScope) {
      syntax_error(w->src, n->line, "nonlocal declaration not allowed at module level");
    }
    add(w, w->scope, m, flag, n->line);
  }
}

void walk(Walker* w, Node* n) {
  if (!n) return;
  switch (n->kind) {
    case kNameExpr:
      use(w, n->name, n->line);
      if (n->name == py_names.super_ && w->scope->kind == kFunctionScope) {
        add(w, w->scope, py_names.class_, kUsed, n->line);
      }
      return;
    case kLambda:
    case kFunctionDef:
      return walk_function(w, n);
    case kClassDef:
      return walk_class(w, n);
    case kListComp:
    case kSetComp:
    case kDictComp:
    case kGenExpr:
      return walk_comprehension(w, n);
    case kWalrus: {
      walk(w, n->a);
      Scope* s = w->scope;  // binds in the function around the comprehension
      StrObj* m = mangle(s, n->name);
      while (s->comprehension) {
        Symbol* x = scope_find(s, m);
        if (x && (x->flags & kBound)) {
          syntax_error(w->src, n->line,
                       "assignment expression cannot rebind comprehension iteration variable '%S'",
                       n->name);
        }
        add(w, s, m, kUsed | kNonlocalDecl, n->line);
        s = s->parent;
      }
      if (s != w->scope && s->kind == kClassScope) {
        syntax_error(w->src, n->line,
                     "assignment expression within a comprehension cannot be used in a class body");
      }
      add(w, s, m, kBound, n->line);
      if (s != w->scope && (s->kind == kModuleScope || (scope_find(s, m)->flags & kGlobalDecl))) {
        for (Scope* t = w->scope; t != s; t = t->parent) {
          Symbol* x = scope_find(t, m);
          x->flags = (x->flags & ~kNonlocalDecl) | kGlobalDecl;
        }
      }
      return;
    }
    case kYield:
    case kYieldFrom:
      if (w->scope->kind != kFunctionScope)
        syntax_error(w->src, n->line, "'yield' outside function");
      if (w->scope->comprehension) syntax_error(w->src, n->line, "'yield' inside a comprehension");
      w->scope->generator = true;
      return walk(w, n->a);
    case kAssign:
      walk(w, n->a);
      for (Node* t : n->list) walk_target(w, t);
      return;
    case kAugAssign:
      if (n->a->kind == kNameExpr) use(w, n->a->name, n->line);
      walk_target(w, n->a);
      return walk(w, n->b);
    case kAnnAssign:
      walk(w, n->b);
      return walk_target(w, n->a);
    case kDel:
      for (Node* t : n->list) walk_target(w, t);
      return;
    case kFor:
      walk(w, n->b);
      walk_target(w, n->a);
      break;
    case kWithItem:
      walk(w, n->a);
      if (n->b) walk_target(w, n->b);
      return;
    case kHandler:
      walk(w, n->a);
      if (n->name) bind(w, n->name, n->line);
      return walk_all(w, n->body);
    case kImport:
    case kFromImport:
      for (Node* a : n->list) bind(w, a->name2, n->line);
      return;
    case kGlobal:
      return declare(w, n, kGlobalDecl);
    case kNonlocal:
      return declare(w, n, kNonlocalDecl);
    default:
      walk(w, n->a);
      walk(w, n->b);
      walk(w, n->c);
      break;
  }
  walk_all(w, n->body);
  walk_all(w, n->list);
  walk_all(w, n->orelse);
  walk_all(w, n->finalbody);
}

// Makes `name` available in `s` from the function scopes around it; false if none binds it.
bool capture(Walker* w, Scope* s, StrObj* name) {
  for (Scope* outer = s->parent; outer; outer = outer->parent) {
    if (outer->kind == kModuleScope) return false;
    Symbol* x = scope_find(outer, name);
    bool is_class_cell = outer->kind == kClassScope && name == py_names.class_;
    if (outer->kind == kClassScope && !is_class_cell) {
      continue;
    }
    if (is_class_cell) {
      outer->has_super_cell = true;
      add(w, outer, name, kCell, 0);
    } else if (x && (x->flags & kGlobalDecl)) {
      return false;
    } else if (x && (x->flags & kBound) && !(x->flags & kNonlocalDecl)) {
      x->flags |= kCell;
    } else {
      continue;
    }
    for (Scope* t = s->parent; t != outer; t = t->parent) {
      Symbol* y = add(w, t, name, 0, 0);
      // A class between the two keeps its own binding and also passes the cell on.
      y->flags |= t->kind == kClassScope && (y->flags & kBound) && !(y->flags & kNonlocalDecl)
                      ? kClassFree
                      : kFree;
    }
    return true;
  }
  return false;
}

void resolve(Walker* w, Scope* s) {
  for (uint32_t i = 0; i < s->symbols.n; i++) {
    Symbol x = s->symbols[i];
    if (s->kind == kModuleScope || (x.flags & kGlobalDecl)) continue;
    bool bound_here = (x.flags & kBound) && !(x.flags & kNonlocalDecl);
    if (bound_here || (x.flags & (kFree | kCell))) continue;
    if (capture(w, s, x.name)) {
      s->symbols[i].flags |= kFree;
    } else if (x.flags & kNonlocalDecl) {
      syntax_error(w->src, x.line, "no binding for nonlocal '%S' found", x.name);
    }
  }
  for (Scope* c : s->children) resolve(w, c);
}
}  // namespace

Scope* analyze_scopes(const Source* src, Node* module) {
  Walker w = {src, nullptr};
  Scope* s = push(&w, kModuleScope, module);
  walk_all(&w, module->body);
  resolve(&w, s);
  return s;
}
