// The states of an asyncified module, as its state global has them.

export const kNormal = 0;
export const kUnwinding = 1;
export const kRewinding = 2;
