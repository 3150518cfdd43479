/** One small run of each study, and more of some: the name of the study, what is special after a comma, and the flags. */
const TRAINING = "--epochs 4 --every 2 --seeds 2 --tolerance 0.2";
export const STUDIES = {
  iris: TRAINING,
  mnist: "--epochs 1 --every 1 --seeds 1 --tolerance 0.5",
  "mnist-shallow": "--epochs 1 --every 1 --seeds 1 --tolerance 0.5",
  "mnist-deep": "--epochs 1 --every 1 --seeds 1 --tolerance 0.5",
  "mnist-tanh": "--epochs 1 --every 1 --seeds 1 --tolerance 0.5",
  "mnist-relu": "--epochs 1 --every 1 --seeds 1 --tolerance 0.5",
  train: `--data xor ${TRAINING}`,
  edge: "--bins 8,16 --weight-step 2",
  surface: "--bins 8 --points 4 --weight-step 2",
  convergence: "--widths 2,3 --samples 100,1000 --edge-width 3 --edge-bins 4,8 --tolerance 0.1",
  "coarse-bins": "--epochs 1 --bins 4,8 --seeds 1 --tolerance 0.5",
  "first-layer": "--epochs 1 --samples 1000 --tolerance 0.5",
  dropout: "--epochs 1 --seeds 2 --rates 0,0.5 --tolerance 0.5",
  memorising: "--epochs 2 --seeds 2 --tolerance 0.2",
  harder: "--epochs 1 --seeds 1 --depths 1,2 --tolerance 1",
  pruning: "--epochs 5 --seeds 1 --fractions 0,0.5,0.9 --tolerance 0.5",
  recurrent: "--epochs 2 --seeds 2 --tolerance 0.5",
  ablation:
    "--data iris --scores information,damage --net 6-5 --seeds 2 --epochs 3 --repetitions 2 --points 5 --bootstrap 5",
  "information-plane":
    "--seeds 1 --layers 12-5-3-2 --epochs 20 --points 2 --examples 1000 --estimators bins,equal-mass,adaptive,unique,pairwise,noisy,decoder --variance 0.01",
  "train, adam":
    "--data circles --layers 2-6-4-2 --activation tanh --output-activation softmax --bias --initializer glorot --optimizer adam --learning-rate 0.02 --batch 16 --loss cross-entropy --l2 0.001 --dropout 0.2 --epochs 4 --every 4 --seeds 3,7 --tolerance 0.3 --bins 4,8 --split-seed 5",
  "train, momentum":
    "--data spiral --layers 2-5-2 --activation relu --no-bias --initializer he --optimizer momentum --batch 20 --loss mse --reduction sum --epochs 3 --every 3 --seeds 1 --samples 20000 --value-range 0,4 --input-range -1,1 --train-rows 100",
  "train, normalised":
    "--data iris --layers 4-5-3 --activation sigmoid --batch-norm --epochs 4 --every 2 --seeds 1 --tolerance 0.3",
  "train, random labels":
    "--data digits --layers 64-6-10 --random-labels --epochs 2 --every 2 --seeds 1 --tolerance 0.5",
  "train, own table":
    "--data examples.csv --layers 4-4-3 --scale zscore --epochs 4 --every 4 --seeds 1 --tolerance 0.3",
  "train, table with gaps":
    "--data gaps.csv --missing drop-rows --layers 4-4-3 --scale none --input-range -2,2 --epochs 4 --every 4 --seeds 1 --tolerance 0.3",
  "ablation, l2":
    "--data circles --reg l2 --activation tanh --scores entropy,kl-selectivity,weight-spread --net 5-4 --seeds 1 --epochs 3 --repetitions 1 --points 3 --bootstrap 0 --replacement mean --quantizer-bits 2",
  "ablation, normalised":
    "--data iris --reg batch-norm --scores class-selectivity --net 5-4 --seeds 1 --epochs 3 --repetitions 1 --points 3 --bootstrap 3 --replacement resample --train-rows 90 --test-rows 40",
  "information-plane, test":
    "--data mnist --activations sigmoid --seeds 1 --layers 25-5-5 --epochs 4 --points 2 --measured test --examples 300 --bins 6",
  generalization: "--seeds 1 --epochs 2 --examples 16,32 --draws 3 --steps 10 --trainings 100",
};
