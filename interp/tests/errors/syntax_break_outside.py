# ERROR: SyntaxError: 'break' outside loop
break
