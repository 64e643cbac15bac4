#ifndef FLAGPOST_PROOF_FILE_H
#define FLAGPOST_PROOF_FILE_H

/* What the subcommands share that write a proof from the home's journal to a file. */

#include "ceremony.h"
#include "proof.h"

struct proof_file {
    struct cli *c;
    struct config config;
    struct ceremony_root root;
    struct bytes root_note;
    struct journal *journal;
    struct place place; /* of the record */
    bool with_ciphertext;
    bool lean;                /* to be carried in a record */
    size_t item_count;        /* items to show; 0: none */
    struct proof_item *items; /* as the node gave them */
    const char *class;        /* of the purpose, for the owner; NULL: the node's default */
};

/* Opens the home's journal beside a running node, or tells why not. */
int proof_file_open(struct cli *c, struct proof_file *ret);
void proof_file_done(struct proof_file *f);

/* The chosen items from the running node, which logs that they were taken out. */
int proof_file_items(struct proof_file *f, const char *items, const char *purpose);

/* Makes the proof and judges it as its reader will. */
int proof_file_make(struct proof_file *f, struct proof_facts *facts, struct bytes *ret);

/* Makes the proof, judges it as its reader will, and writes it; `mode` of the file. */
int proof_file_write(struct proof_file *f, const char *out, unsigned mode,
                     struct proof_facts *facts);

#endif
