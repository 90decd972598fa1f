%% Runs scenarios of supervision under Erlang/OTP and prints what happens, line by line: the goldens beside this file.
%% README.md tells what a scenario says; scenarios.hpp is the same for actors of Troupe.
%%   record.sh compiles and runs it: scenarios:main([Scenarios, Golden]).
-module(scenarios).
-behaviour(supervisor).
-export([main/1, init/1, start_worker/4, start_dynamic/4, worker/5, start_supervisor/3]).

%% Nothing happens any more after so long a silence.
-define(QUIET, 60).

main([In, Out]) ->
    logger:set_primary_config(level, none),
    {ok, Text} = file:read_file(In),
    Scenarios = split([string:lexemes(L, " ") || L <- string:split(binary_to_list(Text), "\n", all)], [], []),
    %% All at once: a scenario mostly waits.
    Self = self(),
    Runs = [{R, spawn_monitor(fun() -> Self ! {R, run(S)} end)} || S <- Scenarios, R <- [make_ref()]],
    Logs = [receive
                {R, Log} -> Log;
                {'DOWN', Monitor, process, _, Reason} when Reason =/= normal -> error(Reason)
            end || {R, {_, Monitor}} <- Runs],
    ok = file:write_file(Out, [[L, $\n] || Log <- Logs, L <- Log]),
    halt(0).

%% Scenarios: lists of lines, which are lists of words.
split([], [], Done) -> lists:reverse(Done);
split([], Scenario, Done) -> split([], [], [lists:reverse(Scenario) | Done]);
split([[] | Lines], [], Done) -> split(Lines, [], Done);
split([[] | Lines], Scenario, Done) -> split(Lines, [], [lists:reverse(Scenario) | Done]);
split([["#" ++ _ | _] | Lines], Scenario, Done) -> split(Lines, Scenario, Done);
split([Line | Lines], Scenario, Done) -> split(Lines, [Line | Scenario], Done).

%% --- Workers and supervisors. Each tells the driver that it starts, before its supervisor goes on.

start_worker(Log, Id, Manners, _Shape) -> proc_lib:start_link(?MODULE, worker, [self(), Log, Id, Manners, started]).
start_dynamic(Log, Manners, Shape, Id) -> start_worker(Log, Id, Manners, Shape).

worker(Parent, Log, Id, Manners, started) ->
    process_flag(trap_exit, Manners =/= "plain"),
    Log ! {start, Id, self()},
    proc_lib:init_ack(Parent, {ok, self()}),
    worker(Parent, Log, Id, Manners, running);
worker(Parent, Log, Id, Manners, running) ->
    receive
        {exit, Reason} -> exit(Reason);
        {'EXIT', _, _} when Manners =:= "stubborn" -> worker(Parent, Log, Id, Manners, running);
        {'EXIT', _, Reason} ->
            Log ! {stopping, Id},
            exit(Reason)
    end.

start_supervisor(Id, Lines, Log) -> supervisor:start_link(?MODULE, {Id, Lines, Log}).

init({Id, Lines, Log}) ->
    Log ! {start, Id, self()},
    [[Strategy, Intensity, Period]] =
        [[S, I, P] || ["supervisor", Name, S, I, P] <- Lines, Name =:= Id] ++
            [[S, I, P] || ["sub", _, Name, _, S, I, P] <- Lines, Name =:= Id],
    Flags = #{strategy => list_to_atom(Strategy), intensity => list_to_integer(Intensity),
              period => list_to_integer(Period)},
    {ok, {Flags, lists:append([spec(Strategy, L, Lines, Log) || [_, Parent | _] = L <- Lines, Parent =:= Id])}}.

spec("simple_one_for_one", ["child", _, Id, Restart, Shutdown, Manners], _, Log) ->
    [(worker_spec([Id, Restart, Shutdown, Manners], Log))#{start => {?MODULE, start_dynamic, [Log, Manners, simple]}}];
spec(_, ["child", _ | Worker], _, Log) -> [worker_spec(Worker, Log)];
spec(_, ["sub", _, Id, Restart | _], Lines, Log) ->
    [#{id => Id, start => {?MODULE, start_supervisor, [Id, Lines, Log]}, restart => list_to_atom(Restart),
       type => supervisor, shutdown => infinity}];
spec(_, _, _, _) -> [].

worker_spec([Id, Restart, Shutdown, Manners], Log) ->
    #{id => Id, start => {?MODULE, start_worker, [Log, Id, Manners, named]}, restart => list_to_atom(Restart),
      shutdown => case Shutdown of
                      "brutal" -> brutal_kill;
                      "infinity" -> infinity;
                      _ -> list_to_integer(Shutdown)
                  end}.

%% --- The driver.

run([["scenario" | _] = Title | Lines]) ->
    process_flag(trap_exit, true),
    ["supervisor", Top | _] = hd(Lines),
    {ok, Root} = start_supervisor(Top, Lines, self()),
    Start = settle({[["> ", lists:join(" ", Title)]], []}),
    Steps = [L || [Verb | _] = L <- Lines, not lists:member(Verb, ["supervisor", "child", "sub"])],
    {Log, Instances} = lists:foldl(fun(Step, State) -> step(Step, Lines, State) end, Start, Steps),
    exit(Root, shutdown),
    {Done, _} = settle({["> end" | Log], Instances}),
    lists:reverse(Done).

%% {lines so far, last first; instances {id, pid, monitor}, youngest first}
settle({Log, Instances} = State) ->
    receive
        {start, Id, Pid} -> settle({[["start ", Id] | Log], [{Id, Pid, monitor(process, Pid)} | Instances]});
        {stopping, Id} -> settle({[["stopping ", Id] | Log], Instances});
        {'DOWN', Monitor, process, _, Reason} ->
            {Id, _, _} = lists:keyfind(Monitor, 3, Instances),
            settle({[["end ", Id, " ", reason(Reason)] | Log], Instances});
        {'EXIT', _, _} -> settle(State)
    after ?QUIET -> State
    end.

reason({error, _}) -> "error";
reason(Reason) when is_atom(Reason) -> atom_to_list(Reason).

find(Id, Instances) ->
    case lists:keyfind(Id, 1, Instances) of
        {_, Pid, _} -> Pid;
        false -> none
    end.

step([Verb, Id | Rest] = Step, Lines, {Log, Instances}) ->
    State = {[["> ", lists:join(" ", Step)] | Log], Instances},
    Pid = find(Id, Instances),
    case {Verb, Rest} of
        {"exit", [Reason]} when is_pid(Pid) -> Pid ! {exit, case Reason of "error" -> {error, 1}; _ -> list_to_atom(Reason) end};
        {"kill", []} when is_pid(Pid) -> exit(Pid, kill);
        {"stop", []} when is_pid(Pid) -> exit(Pid, shutdown);
        {"wait", []} -> timer:sleep(1000 * list_to_integer(Id));
        _ -> ok
    end,
    case lists:member(Verb, ["exit", "kill", "stop", "wait"]) of
        true -> settle(State);
        false ->
            Answer = ask(Verb, Pid, Rest, Lines, Id, Instances),
            {NewLog, NewInstances} = settle(State),
            {lists:reverse(["= " ++ A || A <- Answer]) ++ NewLog, NewInstances}
    end.

%% A question to a supervisor, and its answer in lines.
ask(Verb, Pid, Rest, Lines, Id, Instances) ->
    Driver = self(),
    try case {Verb, Rest} of
            {"which", []} -> [child(C, Lines, Id) || C <- supervisor:which_children(Pid)];
            {"count", []} ->
                C = supervisor:count_children(Pid),
                [io_lib:format("specs ~p active ~p supervisors ~p workers ~p",
                               [proplists:get_value(K, C) || K <- [specs, active, supervisors, workers]])];
            {"start", Worker} -> answer(supervisor:start_child(Pid, worker_spec(Worker, Driver)));
            {"start_dynamic", [Name]} -> answer(supervisor:start_child(Pid, [Name]));
            {"terminate_dynamic", [Name]} -> answer(supervisor:terminate_child(Pid, find(Name, Instances)));
            {"terminate", [Name]} -> answer(supervisor:terminate_child(Pid, Name));
            {"restart", [Name]} -> answer(supervisor:restart_child(Pid, Name));
            {"delete", [Name]} -> answer(supervisor:delete_child(Pid, Name))
        end
    catch exit:{noproc, _} -> ["no_supervisor"]
    end.

answer(ok) -> ["ok"];
answer({ok, _}) -> ["ok"];
answer({error, simple_one_for_one}) -> ["wrong_strategy"];
answer({error, {already_started, _}}) -> ["already_started"];
answer({error, Error}) -> [atom_to_list(Error)].

%% Children of simple_one_for_one have no ids there: they go by that of their spec.
child({undefined, Pid, Type, Modules}, Lines, Supervisor) ->
    [Id | _] = [Id || ["child", S, Id | _] <- Lines, S =:= Supervisor],
    child({Id, Pid, Type, Modules}, Lines, Supervisor);
child({Id, Pid, Type, _}, _, _) ->
    State = case Pid of
                undefined -> "stopped";
                restarting -> "restarting";
                _ -> "running"
            end,
    Id ++ " " ++ State ++ " " ++ atom_to_list(Type).
