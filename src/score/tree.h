/* The words of a surface as a tree of boxes, for points that have nothing near them. */
#ifndef AMOSI_TREE_H
#define AMOSI_TREE_H

#include "score/steps.h"
#include "score/surface.h"

/* A node has eight children, whose boxes are compared at once; plain loops of this length become vector code. */
#define AMOSI_TREE_WIDE 8

/* A word of a row: points low..high along x. */
struct amosi_tree_word {
    int32_t low, high, y, z;
    uint64_t bits;
};

/* Boxes low..high along each axis. A child of a leaf is a word. */
struct amosi_tree_node {
    int32_t low[3][AMOSI_TREE_WIDE], high[3][AMOSI_TREE_WIDE];
    size_t child[AMOSI_TREE_WIDE]; /* number of a node, or of a word */
    int count;                     /* of children */
    bool leaf;
};

struct amosi_tree {
    const struct amosi_steps *steps;
    float scale[3]; /* squares of the spacing */
    struct amosi_tree_word *words;
    struct amosi_tree_node *nodes; /* the first is the root */
    size_t count, node_count, node_capacity;
    uint64_t visits; /* nodes that were looked at */
};

/* Points of one row within one word, that are searched together. */
struct amosi_tree_query {
    uint64_t bits;
    int64_t index; /* of the word */
    int64_t y, z;
    double square[64]; /* by bit; a known bound, then the smallest */
    double worst;      /* the largest of them */
    int64_t hint[3];   /* a point of the tree that was near one of them */
};

/* For a surface that has points. False: no memory. */
bool amosi_tree_make(struct amosi_tree *tree, const struct amosi_surface *surface, const struct amosi_steps *steps);
void amosi_tree_free(struct amosi_tree *tree);

/* Finds the smallest squares; bits, index, y, z and hint are set (a hint of -1: none), and hint is set anew. */
void amosi_tree_search(struct amosi_tree *tree, struct amosi_tree_query *query);

#endif
