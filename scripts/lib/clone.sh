# shellcheck shell=bash
# Clones a training repository at a commit, from the network or from a copy on this machine. To be sourced after
# common.sh.

# A question would hang, because nobody can answer it.
export GIT_TERMINAL_PROMPT=0

# Reads a copy that may belong to another user.
any_git() {
    git -c safe.directory='*' "$@"
}

# clone_source SOURCE FOLDER: clones without files. A copy on this machine may belong to another user. git reads it only if
# a configuration file allows this; here it is allowed, because the user named the copy.
clone_source() {
    local settings status=0
    if [[ ! -d $1 ]]; then
        git clone --quiet --no-checkout "$1" "$2"
        return
    fi
    settings=$(mktemp)
    printf '[include]\n\tpath = ~/.gitconfig\n[safe]\n\tdirectory = *\n' >"$settings"
    GIT_CONFIG_GLOBAL=$settings git clone --quiet --no-checkout "$1" "$2" || status=$?
    rm "$settings"
    return "$status"
}

has_commit() {
    any_git -C "$1" cat-file -e "$2^{commit}" 2>/dev/null
}

# find_copy DIR NAME URL COMMIT: prints the clone or mirror of the repository in the folder DIR: DIR itself, DIR/NAME,
# or a mirror with the owner in its name. If none has the commit, it fails and prints to stderr where it looked.
find_copy() {
    local folder=$1 name=$2 owner commit=$4 candidate
    owner=$(basename "$(dirname "$3")")
    for candidate in "$folder/$name" "$folder/$name.git" "$folder/$owner+$name/repo" "$folder/$owner+$name" \
        "$folder/$owner/$name" "$folder"; do
        if [[ -d $candidate ]] && has_commit "$candidate" "$commit"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    printf '%s\n' "no clone of $name with commit $commit in $folder" \
        "(looked for $name, $name.git, $owner+$name and $owner/$name in it, and at the folder itself)" >&2
    return 1
}

# list_absent_files CLONE COMMIT: prints the files of the commit whose contents are missing in the clone: some copies
# leave out large files.
list_absent_files() {
    local absent
    absent=$(git -C "$1" ls-tree -r "$2" | awk '$2 == "blob" { print $3 }' |
        git -C "$1" cat-file --batch-check='%(objectname)' | awk '$2 == "missing" { print $1 }')
    [[ -n $absent ]] || return 0
    git -C "$1" ls-tree -r "$2" | grep -F -- "$absent" | cut -f 2
}

# leave_out CLONE FILE...: excludes the files from the working tree.
leave_out() {
    local clone=$1
    shift
    git -C "$clone" config core.sparseCheckout true
    {
        printf '/*\n'
        printf '!/%s\n' "$@"
    } >"$clone/.git/info/sparse-checkout"
}

# clone_at SOURCE COMMIT FOLDER: clones into FOLDER, which appears only when the clone is complete. Removes what an
# interrupted run left. Prints the files that are missing in the source.
clone_at() {
    local source=$1 commit=$2 folder=$3 part=$3.part
    local -a absent
    rm -rf "$part"
    mkdir -p "$(dirname "$folder")"
    clone_source "$source" "$part" || return
    has_commit "$part" "$commit" || git -C "$part" fetch --quiet origin "$commit" || return
    mapfile -t absent < <(list_absent_files "$part" "$commit")
    if ((${#absent[@]} > 0)); then
        leave_out "$part" "${absent[@]}"
        say "  missing  ${absent[*]}: not in $source"
    fi
    # git warns of the excluded files; that is not an error.
    local log=$part/.git/checkout.log
    if ! git -C "$part" -c advice.detachedHead=false checkout --quiet --detach "$commit" 2>"$log"; then
        cat "$log" >&2
        return 1
    fi
    # Files of ours are not changes of the repository.
    printf '%s\n' /.venv /.venv/ /data/ >>"$part/.git/info/exclude"
    mv "$part" "$folder"
}
