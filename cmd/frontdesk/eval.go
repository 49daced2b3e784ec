package main

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"frontdesk/cmd/internal/evals"
)

func evalCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "eval", Short: "Measure understanding and finding on labelled data; prints JSON",
		Example: "  frontdesk eval intent --train train.jsonl --test test.jsonl"}
	c.AddCommand(evalIntent(s), evalEntities(s), evalFAQ(s), evalRetrieval(s), evalHandoff(s), evalAnswers(s))
	return c
}

// embeddingFlags adds what every measurement has.
func embeddingFlags(c *cobra.Command) *evals.Embedding {
	e := &evals.Embedding{}
	c.Flags().StringVar(&e.URL, "embedding", "builtin:", "builtin:, none, or the base URL of an OpenAI-compatible endpoint (key: $"+evals.KeyVariable+")")
	c.Flags().StringVar(&e.Model, "embedding-model", "", "the endpoint's model")
	c.Flags().StringVar(&e.Cache, "vectors-cache", "", "folder where vectors are kept, by model and text")
	return e
}

// required makes flags of c that must be given misuse when they are not.
func required(c *cobra.Command, names ...string) {
	c.PreRunE = func(c *cobra.Command, _ []string) error {
		for _, n := range names {
			if f := c.Flags().Lookup(n); f.Value.String() == "" {
				return misuse{errors.New("--" + n + " is missing: name the file; see " + c.CommandPath() + " --help")}
			}
		}
		return nil
	}
}

// measured makes c print what run finds.
func measured[T any](s streams, c *cobra.Command, run func(ctx context.Context) (T, error)) *cobra.Command {
	c.Args = cobra.NoArgs
	c.RunE = func(c *cobra.Command, _ []string) error {
		got, err := run(c.Context())
		if err != nil {
			return err
		}
		return json.NewEncoder(s.out).Encode(got)
	}
	return c
}

func evalIntent(s streams) *cobra.Command {
	c := &cobra.Command{Use: "intent", Short: "Accuracy and calibration of the intent recogniser",
		Example: "  frontdesk eval intent --train train.jsonl --test test.jsonl.gz --withhold oos_split.json"}
	var f evals.Intent
	c.Flags().StringVar(&f.Train, "train", "", "examples to learn")
	c.Flags().StringVar(&f.Test, "test", "", "examples to ask")
	c.Flags().StringVar(&f.OOS, "oos", "", "texts that are out of scope")
	c.Flags().StringVar(&f.Withhold, "withhold", "", "intents to keep from training, which are then out of scope")
	c.Flags().IntVar(&f.Folds, "folds", 0, "cross-validate on --train in so many parts, instead of --test")
	c.Flags().StringVar(&f.Report, "report", "", "write confusions, intents and thresholds to this .json file")
	c.Flags().StringVar(&f.Plot, "plot", "", "draw reliability and thresholds: an .svg picture, or an .html page with the report")
	explain := c.Flags().String("explain", "", "say what this text is taken for after learning --train, and which n-grams decide")
	e := embeddingFlags(c)
	required(c, "train")
	return measured(s, c, func(ctx context.Context) (any, error) {
		switch {
		case *explain != "":
			return f.Explain(ctx, *e, *explain)
		case f.Test == "" && f.Folds == 0:
			return nil, misuse{errors.New("--test is missing: name the file, or cross-validate with --folds 5; see frontdesk eval intent --help")}
		}
		return f.Run(ctx, *e)
	})
}

func evalEntities(s streams) *cobra.Command {
	c := &cobra.Command{Use: "entities", Short: "Precision and recall of the entity extractor", Example: "  frontdesk eval entities --test cs_entities.jsonl"}
	var f evals.Entities
	c.Flags().StringVar(&f.Test, "test", "", "labelled texts")
	c.Flags().StringVar(&f.Train, "train", "", "labelled texts to learn from, besides the rules")
	embeddingFlags(c)
	required(c, "test")
	return measured(s, c, func(ctx context.Context) (any, error) { return f.Run(ctx, time.Now()) })
}

func evalFAQ(s streams) *cobra.Command {
	c := &cobra.Command{Use: "faq", Short: "How well questions find their answer among pairs", Example: "  frontdesk eval faq --faq faq.jsonl --questions questions.jsonl"}
	faq := c.Flags().String("faq", "", "questions with answers")
	questions := c.Flags().String("questions", "", "questions to ask")
	e := embeddingFlags(c)
	required(c, "faq", "questions")
	return measured(s, c, func(ctx context.Context) (any, error) { return evals.Pairs(ctx, *faq, *questions, *e) })
}

func evalRetrieval(s streams) *cobra.Command {
	c := &cobra.Command{Use: "retrieval", Short: "How well questions find their passage", Example: "  frontdesk eval retrieval --passages passages.jsonl --questions questions.jsonl"}
	var f evals.Passages
	c.Flags().StringVar(&f.Passages, "passages", "", "passages to search")
	c.Flags().StringVar(&f.Questions, "questions", "", "questions to ask")
	c.Flags().IntVar(&f.Limit, "limit", 0, "ask only so many questions")
	c.Flags().StringVar(&f.QueryLang, "query-lang", "", "ask questions of this language only")
	c.Flags().StringVar(&f.PassageLang, "passage-lang", "", "search passages of this language only")
	e := embeddingFlags(c)
	required(c, "passages", "questions")
	return measured(s, c, func(ctx context.Context) (any, error) { return f.Run(ctx, *e) })
}

func evalHandoff(s streams) *cobra.Command {
	c := &cobra.Command{Use: "handoff", Short: "How well messages, or conversations, that want a person are told from others",
		Example: "  frontdesk eval handoff --test cs_handoff.jsonl\n  frontdesk eval handoff --conversations conversations.jsonl --docs docs"}
	test := c.Flags().String("test", "", "labelled messages")
	var f evals.Conversations
	c.Flags().StringVar(&f.Conversations, "conversations", "", "labelled conversations, played against the whole pipeline")
	c.Flags().StringVar(&f.Docs, "docs", "", "folder of the documents the bot knows in them; the folder docs beside the file if there is one")
	c.Flags().StringVar(&f.Out, "handovers-out", "", "file for the turn of each handover, one a line")
	e := embeddingFlags(c)
	return measured(s, c, func(ctx context.Context) (any, error) {
		switch {
		case f.Conversations != "":
			return f.Run(ctx, *e)
		case *test == "":
			return nil, misuse{errors.New("--test or --conversations is missing: name the file; see frontdesk eval handoff --help")}
		}
		return evals.Messages(*test)
	})
}

func evalAnswers(s streams) *cobra.Command {
	c := &cobra.Command{Use: "answers", Short: "The whole pipeline on documents and questions: how often a customer is told something wrong", Args: cobra.NoArgs,
		Example: "  frontdesk eval answers --docs docs --questions questions.jsonl --update docs/price_list_v2.xlsx --as price_list_v1.xlsx"}
	var f evals.Answers
	c.Flags().StringVar(&f.Docs, "docs", "", "folder of the documents")
	c.Flags().StringVar(&f.Questions, "questions", "", "questions with what a right answer holds")
	c.Flags().StringVar(&f.Update, "update", "", "file loaded after the questions of version v1, as a document's new version")
	c.Flags().StringVar(&f.As, "as", "", "name of that document; the file's own if empty")
	c.Flags().StringVar(&f.Out, "answers-out", "", "file for the answers, one a line")
	asJSON := c.Flags().Bool("json", true, "print JSON; --json=false prints a table")
	e := embeddingFlags(c)
	required(c, "docs", "questions")
	c.RunE = func(c *cobra.Command, _ []string) error {
		got, err := f.Run(c.Context(), *e)
		if err != nil {
			return err
		}
		if *asJSON {
			return json.NewEncoder(s.out).Encode(got)
		}
		return got.Table(s.out)
	}
	return c
}
