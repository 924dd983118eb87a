# What a program in simsync's place could do: tries what each line of the unit's sandbox forbids, and prints
# "NAME refused" or "NAME allowed". perl-base is in every Debian, and needs no other program for it.
# Usage: perl probe.pl NAME…
use strict;
use warnings;
use Errno qw(EACCES EAFNOSUPPORT ENOENT EPERM EROFS);
use POSIX ();
use Socket qw(AF_INET AF_INET6 AF_UNIX SOCK_DGRAM SOCK_RAW SOCK_STREAM);

# x86-64 and arm64; see `man 2 syscall`.
my %number =
    (POSIX::uname())[4] eq 'x86_64'
    ? (clock_settime => 227, mmap => 9, personality => 135, sched_setscheduler => 144, sethostname => 170,
       setpriority => 141, syslog => 103, unshare => 272)
    : (clock_settime => 112, mmap => 222, personality => 92, sched_setscheduler => 119, sethostname => 161,
       setpriority => 140, syslog => 116, unshare => 97);

# True where the call went through.
sub call { my ($name, @arguments) = @_; return syscall($number{$name}, @arguments) != -1; }

sub slurp { open(my $file, '<', $_[0]) or return ''; local $/; return <$file> // ''; }

sub can_write { my $path = "$_[0]/probe"; open(my $file, '>', $path) or return 0; unlink $path; return 1; }

sub can_open_socket { return socket(my $socket, $_[0], $_[1], 0); }

sub can_run {
    my $pid = fork() // return 0;
    if (!$pid) { exec { $_[0] } $_[0] or POSIX::_exit(126); }
    waitpid($pid, 0);
    return $? == 0;
}

# Whether a file that it makes can have the mode.
sub can_chmod {
    my $path = "$ENV{RUNTIME_DIRECTORY}/probe";
    open(my $file, '>', $path) or die "$path: $!";
    my $can = chmod($_[0], $path);
    unlink $path;
    return $can;
}

sub mode_of_a_new_file {
    my $path = "$ENV{RUNTIME_DIRECTORY}/probe";
    open(my $file, '>', $path) or die "$path: $!";
    my $mode = (stat $file)[2] & 0777;
    unlink $path;
    return $mode;
}

# Whether any file system of this type is mounted so that it may be written.
sub is_mounted_writable {
    my ($type) = @_;
    for (split /\n/, slurp('/proc/self/mountinfo')) {
        my ($options, $mounted) = /^(?:\S+ ){5}(\S+) .*? - (\S+) /;
        return 1 if $mounted =~ /^$type$/ && $options !~ /\bro\b/;
    }
    return 0;
}

# SEEN_* are what PID 1 sees; the stage hands them over.
my %can = (
    ProtectSystem => sub { can_write('/srv/open') },
    ProtectHome => sub { slurp('/home/ben/letter') ne '' },
    PrivateTmp => sub { -e '/tmp/seen' },
    PrivateMounts => sub { readlink('/proc/self/ns/mnt') eq $ENV{SEEN_MNT} },
    PrivateDevices => sub { -e '/dev/seen' },
    PrivateUsers => sub { slurp('/proc/self/uid_map') =~ /\b4294967295\b/ },
    ProtectProc => sub { -d "/proc/$ENV{SEEN_PID}" },
    ProcSubset => sub { -e '/proc/meminfo' },
    ProtectClock => sub { call('clock_settime', 0, pack('qq', time, 0)) },
    ProtectHostname => sub { readlink('/proc/self/ns/uts') eq $ENV{SEEN_UTS} },
    ProtectControlGroups => sub { is_mounted_writable('cgroup2?') },
    ProtectKernelLogs => sub { call('syslog', 10, 0, 0) || -e '/dev/kmsg' },
    ProtectKernelModules => sub { slurp('/usr/lib/modules/seen') ne '' },
    ProtectKernelTunables => sub { is_mounted_writable('sysfs') },
    NoExecPaths => sub { can_run('/usr/bin/true') || can_run('/usr/lib/systemd/systemd-reply-password') },
    RestrictAddressFamilies => sub { can_open_socket(16, SOCK_RAW) || $! != EAFNOSUPPORT },
    RestrictNamespaces => sub { call('unshare', 0x10000000) },
    RestrictRealtime => sub { call('sched_setscheduler', 0, 1, pack('i', 1)) },
    RestrictSUIDSGID => sub { can_chmod(02700) || can_chmod(04700) },
    LockPersonality => sub { call('personality', 0x0008) },
    MemoryDenyWriteExecute => sub { call('mmap', 0, 4096, 7, 0x22, -1, 0) },
    NoNewPrivileges => sub { slurp('/proc/self/status') !~ /^NoNewPrivs:\t1$/m },
    CapabilityBoundingSet => sub { slurp('/proc/self/status') !~ /^CapBnd:\t0+$/m },
    AmbientCapabilities => sub { slurp('/proc/self/status') !~ /^CapAmb:\t0+$/m },
    UMask => sub { mode_of_a_new_file() != 0600 },
    SystemCallFilter => sub { call('setpriority', 0, 0, 1) },
    SystemCallErrorNumber => sub { call('setpriority', 0, 0, 1) || $! != EPERM },
    # What simsync itself needs: these are to be allowed.
    sockets => sub { can_open_socket(AF_UNIX, SOCK_STREAM) && can_open_socket(AF_INET, SOCK_STREAM) && can_open_socket(AF_INET6, SOCK_STREAM) },
    credentials => sub { slurp("$ENV{CREDENTIALS_DIRECTORY}/simsync_main.password") ne '' && !can_write($ENV{CREDENTIALS_DIRECTORY}) },
    RuntimeDirectory => sub { can_write($ENV{RUNTIME_DIRECTORY}) },
    RuntimeDirectoryMode => sub { ((stat $ENV{RUNTIME_DIRECTORY})[2] & 0777) == 0750 },
);

$| = 1;
for my $name (@ARGV) {
    my $try = $can{$name} or die "no probe for $name\n";
    print "$name ", ($try->() ? 'allowed' : 'refused'), "\n";
}
