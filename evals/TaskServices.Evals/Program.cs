return await TaskServices.Evals.Commands.EvaluationCommand.InvokeAsync(args);
