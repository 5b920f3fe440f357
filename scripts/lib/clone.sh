# shellcheck shell=bash
# Clones a training repository at a commit, from the network or from a copy on this machine. To be sourced after
# common.sh.

# Nobody is there to answer: a question would hang.
export GIT_TERMINAL_PROMPT=0

# A copy may be another user's; only what is read here is read from it.
any_git() {
    git -c safe.directory='*' "$@"
}

# clone_source SOURCE FOLDER: clones without files. A copy on this machine may be another user's, which git refuses to
# read until that is allowed in a configuration file; the user has named it.
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
# or a mirror named for the owner. Fails and says on stderr where it looked when none has the commit.
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
        "(looked for $name, $name.git, $owner+$name, $owner/$name there, and at the folder itself)" >&2
    return 1
}

# list_absent_files CLONE COMMIT: prints the files of the commit whose contents the clone lacks: copies made for reading
# code leave large ones out.
list_absent_files() {
    local absent
    absent=$(git -C "$1" ls-tree -r "$2" | awk '$2 == "blob" { print $3 }' |
        git -C "$1" cat-file --batch-check='%(objectname)' | awk '$2 == "missing" { print $1 }')
    [[ -n $absent ]] || return 0
    git -C "$1" ls-tree -r "$2" | grep -F -- "$absent" | cut -f 2
}

# leave_out CLONE FILE...: the files are no part of the working tree.
leave_out() {
    local clone=$1
    shift
    git -C "$clone" config core.sparseCheckout true
    {
        printf '/*\n'
        printf '!/%s\n' "$@"
    } >"$clone/.git/info/sparse-checkout"
}

# clone_at SOURCE COMMIT FOLDER: clones into FOLDER, which appears only when all is done: what an interrupted run left
# is thrown away. Prints a line for each file that the source lacks.
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
        say "  lacking  ${absent[*]}: not in $source"
    fi
    # What is left out is complained of there, and nothing is wrong with that.
    local log=$part/.git/checkout.log
    if ! git -C "$part" -c advice.detachedHead=false checkout --quiet --detach "$commit" 2>"$log"; then
        cat "$log" >&2
        return 1
    fi
    # Ours, not a change of the repository's.
    printf '%s\n' /.venv /.venv/ /data/ >>"$part/.git/info/exclude"
    mv "$part" "$folder"
}
